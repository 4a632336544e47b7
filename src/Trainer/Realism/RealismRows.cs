using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The discriminator's rows: each sequence is its own context and its own candidates.</summary>
internal sealed class RealismRows : IDisposable
{
    private readonly DataOperationsCatalog _data;
    private readonly NextTokenDiscriminatorTransformer _transformer;
    private readonly SchemaDefinition _schema;

    /// <param name="env">The context.</param>
    /// <param name="data">Creates views.</param>
    /// <param name="dimension">C.</param>
    /// <param name="tokens">The length of all sequences; null if they differ.</param>
    /// <param name="longest">The length of the longest sequence.</param>
    public RealismRows(IHostEnvironment env, DataOperationsCatalog data, int dimension, int? tokens, int longest)
    {
        _data = data;
        _transformer = new NextTokenDiscriminatorTransformer(env, new TransformSettings
        {
            CombinedColumn = NextTokenDiscriminatorTrainer.Defaults.FeatureColumnName,
            MaskColumn = null,
            TokenCountColumn = null,
            PreviousColumn = nameof(Row.Sequence),
            CurrentColumn = nameof(Row.Sequence),
            MaxTokens = longest,
            MaskKind = MaskKind.Blocked,
            PadToMaxTokens = false,
            Engine = EngineKind.Managed,
            BatchSize = null,
            InitialEmbedding = [.. new float[dimension]],
        });
        _schema = SchemaDefinition.Create(typeof(Row));
        _schema[nameof(Row.Sequence)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, tokens ?? 0, dimension);
    }

    /// <summary>Sets the columns of a trainer's options.</summary>
    public static void SetColumns(NextTokenDiscriminatorTrainer.Options options)
    {
        options.FeatureColumnName = NextTokenDiscriminatorTrainer.Defaults.FeatureColumnName;
        options.LabelColumnName = nameof(Row.IsReal);
        options.SamplingKeyColumnName = nameof(Row.Key);
        options.MaskColumnName = "";
        options.TokenCountColumnName = null;
        options.ExampleWeightColumnName = null;
    }

    /// <summary>Creates the view of some sequences.</summary>
    public IDataView CreateView(IEnumerable<RealismSequence> sequences) => _transformer.Transform(_data.LoadFromEnumerable(
        sequences.Select(sequence => new Row { Sequence = sequence.Values, IsReal = sequence.IsReal, Key = sequence.Key }), _schema));

    public void Dispose() => _transformer.Dispose();

    private sealed class Row
    {
        public float[] Sequence { get; set; } = [];

        public bool IsReal { get; set; }

        public long Key { get; set; }
    }
}
