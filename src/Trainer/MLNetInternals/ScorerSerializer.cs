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
/// After the header come, little-endian and in this order:
/// </para>
/// <list type="bullet">
/// <item><description>the column names (feature, mask or null, token count or null) as references to ML.NET's string table;</description></item>
/// <item><description>MaskKind, BatchSize, C, MaxTokens, D, heads, layers, the width of the feed-forward part and
/// LearnInitialEmbedding, as 32-bit integers;</description></item>
/// <item><description>dropout and attention dropout, as doubles;</description></item>
/// <item><description>Precision, BadRowPolicy, PadTokenScores and TokenProbabilities, as 32-bit integers;</description></item>
/// <item><description>the weights in the order of <see cref="DiscriminatorConfig.Parameters"/>, as 32-bit floats, to the end.</description></item>
/// </list>
/// </remarks>
internal static class ScorerSerializer
{
    /// <summary>The loader signature. ML.NET allows at most 24 characters.</summary>
    public const string LoaderSignature = "NextTokenScorer";

    private const uint FormatVersion = 0x00010001;

    // ML.NET requires a model signature of exactly 8 characters.
    private static VersionInfo Version => new(
        modelSignature: "NTDSCORE",
        verWrittenCur: FormatVersion,
        verReadableCur: FormatVersion,
        verWeCanReadBack: FormatVersion,
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

        var (writer, config) = (file.Writer, settings.Config);
        writer.Write((int)settings.Columns.MaskKind);
        writer.Write(settings.BatchSize);
        writer.Write(config.EmbeddingDimension);
        writer.Write(config.MaxTokens);
        writer.Write(config.ModelDimension!.Value);
        writer.Write(config.Heads!.Value);
        writer.Write(config.Layers);
        writer.Write(config.FeedForwardDimension!.Value);
        writer.Write(config.LearnInitialEmbedding ? 1 : 0);
        writer.Write(config.Dropout);
        writer.Write(config.AttentionDropout);
        writer.Write((int)config.Precision);
        writer.Write((int)settings.BadRowPolicy);
        writer.Write(settings.PadTokenScores ? 1 : 0);
        writer.Write(settings.TokenProbabilities ? 1 : 0);
        foreach (var parameter in config.Parameters())
        {
            foreach (var value in settings.Weights[parameter.Name])
                writer.Write(value);
        }
    }

    /// <summary>Reads a scorer. ML.NET calls it by name when it finds the loader signature in a model.</summary>
    /// <exception cref="FormatException">The model is damaged or of another version.</exception>
    public static ITransformer Create(IHostEnvironment env, ModelLoadContext file)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(file);
        file.CheckAtModel(Version);
        try
        {
            return new NextTokenDiscriminatorScorer(env, Read(env, file), []);
        }
        catch (EndOfStreamException e)
        {
            throw env.ModelFile("it ends too early", e);
        }
    }

    // Reads in the order in which Save writes.
    private static ScorerSettings Read(IHostEnvironment env, ModelLoadContext file)
    {
        var reader = file.Reader;
        var columns = new InputColumnNames
        {
            Feature = ModelReaderExtensions.ReadName(env, file, "FeatureColumnName") ?? "",
            Mask = ModelReaderExtensions.ReadName(env, file, "MaskColumnName"),
            TokenCount = ModelReaderExtensions.ReadName(env, file, "TokenCountColumnName"),
            MaskKind = (MaskKind)reader.ReadInt32(),
        };
        ModelReaderExtensions.Check(env, columns.FindProblem());
        var batchSize = reader.ReadInt32();
        ModelReaderExtensions.Check(env, ScorerSettings.FindBatchProblem(batchSize));
        var config = ReadConfig(env, reader);
        var policy = (BadRowPolicy)reader.ReadInt32();
        ModelReaderExtensions.Check(env, ScorerSettings.FindPolicyProblem(policy));
        return new ScorerSettings
        {
            Columns = columns,
            BatchSize = batchSize,
            BadRowPolicy = policy,
            PadTokenScores = ModelReaderExtensions.ReadFlag(env, reader, nameof(ScorerSettings.PadTokenScores)),
            TokenProbabilities = ModelReaderExtensions.ReadFlag(env, reader, nameof(ScorerSettings.TokenProbabilities)),
            Weights = ReadWeights(env, reader, config),
        };
    }

    private static DiscriminatorConfig ReadConfig(IHostEnvironment env, BinaryReader reader)
    {
        var config = new DiscriminatorConfig
        {
            EmbeddingDimension = reader.ReadInt32(),
            MaxTokens = reader.ReadInt32(),
            ModelDimension = reader.ReadInt32(),
            Heads = reader.ReadInt32(),
            Layers = reader.ReadInt32(),
            FeedForwardDimension = reader.ReadInt32(),
            LearnInitialEmbedding = ModelReaderExtensions.ReadFlag(env, reader, nameof(DiscriminatorConfig.LearnInitialEmbedding)),
            Dropout = reader.ReadDouble(),
            AttentionDropout = reader.ReadDouble(),
            Precision = (ComputePrecision)reader.ReadInt32(),
        };
        ModelReaderExtensions.Check(env, config.FindProblem());
        return config.Resolve() == config
            ? config
            : throw env.ModelFile($"Heads: a width of {config.ModelDimension} cannot be divided among {config.Heads} heads");
    }

    // The sizes come from the file, so they are compared with the rest of its length before anything is allocated.
    private static StateDictionary ReadWeights(IHostEnvironment env, BinaryReader reader, DiscriminatorConfig config)
    {
        var expected = config.Parameters().Sum(parameter => parameter.Count) * sizeof(float);
        var left = ModelReaderExtensions.RemainingBytes(reader);
        if (expected > left)
            throw env.ModelFile($"its sizes take {expected} bytes of weights, {left} are left");

        var values = config.Parameters().ToDictionary(
            parameter => parameter.Name, parameter => ModelReaderExtensions.ReadSingles(reader, checked((int)parameter.Count)));
        var weights = new StateDictionary(config, values);
        return weights.FindProblem() is { } problem ? throw env.ModelFile(problem) : weights;
    }
}
