using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetNtd;

[assembly: LoadableClass(
    typeof(ITransformer), typeof(TransformerSerializer), null, typeof(SignatureLoadModel),
    "Next-token discriminator inputs", TransformerSerializer.LoaderSignature)]

namespace MlNetNtd;

/// <summary>Saves the transform to ML.NET's model zip and loads it.</summary>
/// <remarks>
/// <para>
/// ML.NET writes this assembly's name and the loader signature into the header of the model. Its loader loads the
/// assembly, finds the attribute above and calls <see cref="Create"/>. No registration is necessary.
/// </para>
/// <para>
/// The header is followed by the column names (combined, mask or null, token count or null, previous, current) as
/// references to ML.NET's string table, and the fields of <see cref="TransformEntry"/>.
/// </para>
/// </remarks>
internal static class TransformerSerializer
{
    /// <summary>The loader signature. ML.NET accepts at most 24 characters.</summary>
    public const string LoaderSignature = "NextTokenDiscriminator";

    private static VersionInfo Version => new(
        modelSignature: TransformEntry.ModelSignature,
        verWrittenCur: TransformEntry.FormatVersion,
        verReadableCur: TransformEntry.FormatVersion,
        verWeCanReadBack: TransformEntry.FormatVersion,
        loaderAssemblyName: typeof(TransformerSerializer).Assembly.FullName,
        loaderSignature: LoaderSignature);

    /// <summary>Writes the settings of a transformer.</summary>
    public static void Save(ModelSaveContext file, TransformSettings settings)
    {
        file.CheckAtModel();
        file.SetVersionInfo(Version);
        file.SaveNonEmptyString(settings.CombinedColumn);
        file.SaveStringOrNull(settings.MaskColumn);
        file.SaveStringOrNull(settings.TokenCountColumn);
        file.SaveNonEmptyString(settings.PreviousColumn);
        file.SaveNonEmptyString(settings.CurrentColumn);

        new TransformEntry(
            settings.MaxTokens, (int)settings.MaskKind, settings.PadToMaxTokens, (int)settings.Engine, settings.BatchSize ?? 0,
            [.. settings.InitialEmbedding], settings.TruncateToMaxTokens, settings.CandidatesPerToken).Write(file.Writer);
    }

    /// <summary>Loads a transformer. ML.NET calls this method by name when it finds the loader signature in a model.</summary>
    /// <exception cref="FormatException">The model is damaged or of another version.</exception>
    public static ITransformer Create(IHostEnvironment env, ModelLoadContext file)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(file);
        file.CheckAtModel(Version);
        return new NextTokenDiscriminatorTransformer(env, Load(env, file));
    }

    private static TransformSettings Load(IHostEnvironment env, ModelLoadContext file)
    {
        var (combined, mask, tokenCount) = (ReadName("OutputColumnName"), ReadName("MaskColumnName"), ReadName("TokenCountColumnName"));
        var (previous, current) = (ReadName("PreviousColumnName"), ReadName("CurrentColumnName"));
        var fields = ModelReaderExtensions.ReadFields(env, file, TransformEntry.Read);
        var settings = new TransformSettings
        {
            CombinedColumn = combined ?? "",
            MaskColumn = mask,
            TokenCountColumn = tokenCount,
            PreviousColumn = previous ?? "",
            CurrentColumn = current ?? "",
            MaxTokens = fields.MaxTokens,
            MaskKind = (MaskKind)fields.MaskKind,
            PadToMaxTokens = fields.PadToMaxTokens,
            Engine = (EngineKind)fields.Engine,
            BatchSize = fields.BatchSize == 0 ? null : fields.BatchSize,
            InitialEmbedding = ImmutableCollectionsMarshal.AsImmutableArray(fields.InitialEmbedding),
            TruncateToMaxTokens = fields.TruncateToMaxTokens,
            CandidatesPerToken = fields.CandidatesPerToken,
        };
        ModelReaderExtensions.Check(env, settings.FindProblem());
        return settings;

        string? ReadName(string option) => ModelReaderExtensions.ReadName(env, file, option);
    }
}
