using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ColumnCopyingTransformer), null, typeof(SignatureLoadModel),
    "Copy Columns Transform", ColumnCopyingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Gives columns a second name.</summary>
public sealed class ColumnCopyingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "CopyTransform";

    internal ColumnCopyingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ColumnCopyingTransformer)), columns)
    {
    }

    private static VersionInfo Version => new(
        modelSignature: "COPYCOLT",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: UpstreamAssembly.DataAssemblyName,
        loaderSignature: LoaderSignature);

    internal static ColumnCopyingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Version);

        var columns = new List<(string, string)>();
        int count = ctx.Reader.ReadInt32();
        for (int i = 0; i < count; i++)
            columns.Add((ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString()));
        return new ColumnCopyingTransformer(env, [.. columns]);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.SetVersionInfo(Version);
        ctx.Writer.Write(ColumnPairs.Length);
        foreach ((string output, string input) in ColumnPairs)
        {
            ctx.SaveNonEmptyString(output);
            ctx.SaveNonEmptyString(input);
        }
    }

    private protected override RowMapping MakeMapping(DataViewSchema inputSchema)
    {
        DataViewSchema.Column[] sources = InputColumns(inputSchema);
        return new CopyMapping(inputSchema, sources, [.. sources.Zip(ColumnPairs, (source, pair) =>
            new DataViewSchema.DetachedColumn(pair.outputColumnName, source.Type, source.Annotations))]);
    }

    private sealed class CopyMapping : RowMapping
    {
        private readonly DataViewSchema.Column[] _sources;

        public CopyMapping(
            DataViewSchema inputSchema, DataViewSchema.Column[] sources, DataViewSchema.DetachedColumn[] copies)
            : base(inputSchema, copies)
            => _sources = sources;

        protected override int SourceOf(int added) => _sources[added].Index;

        protected override Delegate MakeGetter(DataViewRow input, int added) => Getters.Untyped(input, _sources[added]);
    }
}
