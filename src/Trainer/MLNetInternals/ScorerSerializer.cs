using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetNtd;

[assembly: LoadableClass(
    typeof(ITransformer), typeof(ScorerSerializer), null, typeof(SignatureLoadModel),
    "Next-token discriminator", ScorerSerializer.LoaderSignature)]

namespace MlNetNtd;

/// <summary>Writes the scorer into ML.NET's model zip and reads it back.</summary>
/// <remarks>
/// <para>
/// ML.NET writes the name of this assembly and the loader signature into the header of the model. Its loader loads that
/// assembly, finds the attribute above and calls <see cref="Create"/>. Nothing has to be registered.
/// </para>
/// <para>
/// After the header come the column names (feature, mask or null, token count or null) as references to ML.NET's string table, and
/// the fields of <see cref="ScorerEntry"/>.
/// </para>
/// </remarks>
internal static class ScorerSerializer
{
    /// <summary>The loader signature. ML.NET allows at most 24 characters.</summary>
    public const string LoaderSignature = "NextTokenScorer";

    private static VersionInfo Version => new(
        modelSignature: ScorerEntry.ModelSignature,
        verWrittenCur: ScorerEntry.FormatVersion,
        verReadableCur: ScorerEntry.FormatVersion,
        verWeCanReadBack: ScorerEntry.FormatVersion,
        loaderAssemblyName: typeof(ScorerSerializer).Assembly.FullName,
        loaderSignature: LoaderSignature);

    /// <summary>Writes the settings and weights of a scorer.</summary>
    public static void Save(ModelSaveContext file, ScorerSettings settings)
    {
        file.CheckAtModel();
        file.SetVersionInfo(Version);
        file.SaveNonEmptyString(settings.Columns.Feature);
        file.SaveStringOrNull(settings.Columns.Mask);
        file.SaveStringOrNull(settings.Columns.TokenCount);

        new ScorerEntry(
            (int)settings.Columns.MaskKind, settings.BatchSize, (int)settings.BadRowPolicy, settings.PadTokenScores, settings.TokenProbabilities,
            settings.Columns.CandidatesPerToken, settings.Weights).Write(file.Writer);
    }

    /// <summary>Reads a scorer. ML.NET calls it by name when it finds the loader signature in a model.</summary>
    /// <exception cref="FormatException">The model is damaged or of another version.</exception>
    public static ITransformer Create(IHostEnvironment env, ModelLoadContext file)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(file);
        file.CheckAtModel(Version);
        return new NextTokenDiscriminatorScorer(env, Load(env, file), []);
    }

    private static ScorerSettings Load(IHostEnvironment env, ModelLoadContext file)
    {
        var (feature, mask, tokenCount) = (ReadName("FeatureColumnName"), ReadName("MaskColumnName"), ReadName("TokenCountColumnName"));
        var fields = ModelReaderExtensions.ReadFields(env, file, ScorerEntry.Read);
        var columns = new InputColumnNames
        {
            Feature = feature ?? "",
            Mask = mask,
            TokenCount = tokenCount,
            MaskKind = (MaskKind)fields.MaskKind,
            CandidatesPerToken = fields.CandidatesPerToken,
        };
        ModelReaderExtensions.Check(env, columns.FindProblem());
        ModelReaderExtensions.Check(env, ScorerSettings.FindBatchProblem(fields.BatchSize));
        ModelReaderExtensions.Check(env, ScorerSettings.FindPolicyProblem((BadRowPolicy)fields.BadRowPolicy));
        return new ScorerSettings
        {
            Columns = columns,
            BatchSize = fields.BatchSize,
            BadRowPolicy = (BadRowPolicy)fields.BadRowPolicy,
            PadTokenScores = fields.PadTokenScores,
            TokenProbabilities = fields.TokenProbabilities,
            Weights = fields.Weights,
        };

        string? ReadName(string option) => ModelReaderExtensions.ReadName(env, file, option);
    }
}
