using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetNtd;

[assembly: LoadableClass(
    typeof(ITransformer), typeof(ScorerSerializer), null, typeof(SignatureLoadModel),
    "Next-token discriminator", ScorerSerializer.LoaderSignature)]

namespace MlNetNtd;

/// <summary>The scorer in ML.NET's model zip.</summary>
/// <remarks>
/// <para>
/// ML.NET writes our assembly's name and our loader signature into the header of the model; its loader loads that
/// assembly, finds the attribute above and calls <see cref="Create"/>. Nothing has to be registered.
/// </para>
/// <para>
/// Behind the header: the column names (feature, mask or null, token count or null) as references to ML.NET's string
/// table; then MaskKind, BatchSize, C, MaxTokens, D, heads, layers, the width of the feed-forward part and
/// LearnInitialEmbedding as 32-bit integers; dropout as a double; from the second version on, attention dropout as a double
/// and, as 32-bit integers, Precision and InputProjection (in models of the first version 0, single, and whether D is another
/// than C); from the third version on, as 32-bit integers, BadRowPolicy, PadTokenScores and TokenProbabilities (in earlier models Error,
/// true, false); then, as 32-bit floats, the weights in the order of <see cref="DiscriminatorConfig.Parameters"/>, to the end. All
/// little-endian.
/// </para>
/// </remarks>
internal static class ScorerSerializer
{
    /// <summary>At most 24 characters.</summary>
    public const string LoaderSignature = "NextTokenScorer";

    private const uint FirstVersion = 0x00010001;
    private const uint SecondVersion = 0x00010002;
    private const uint ThirdVersion = 0x00010003;

    // The model signature is exactly 8 characters.
    private static VersionInfo Version => new(
        modelSignature: "NTDSCORE",
        verWrittenCur: ThirdVersion,
        verReadableCur: ThirdVersion,
        verWeCanReadBack: FirstVersion,
        loaderAssemblyName: typeof(ScorerSerializer).Assembly.FullName,
        loaderSignature: LoaderSignature);

    /// <summary>Writes a scorer.</summary>
    public static void Save(ModelSaveContext file, ScorerSettings settings)
    {
        file.CheckAtModel();
        file.SetVersionInfo(Version);
        file.SaveNonEmptyString(settings.Columns.Feature);
        file.SaveStringOrNull(settings.Columns.Mask);
        file.SaveStringOrNull(settings.Columns.TokenCount);

        var (writer, shape) = (file.Writer, settings.Config);
        writer.Write((int)settings.Columns.MaskKind);
        writer.Write(settings.BatchSize);
        writer.Write(shape.EmbeddingDimension);
        writer.Write(shape.MaxTokens);
        writer.Write(shape.ModelDimension!.Value);
        writer.Write(shape.Heads!.Value);
        writer.Write(shape.Layers);
        writer.Write(shape.FeedForwardDimension!.Value);
        writer.Write(shape.LearnInitialEmbedding ? 1 : 0);
        writer.Write(shape.Dropout);
        writer.Write(shape.AttentionDropout);
        writer.Write((int)shape.Precision);
        writer.Write(shape.InputProjection ? 1 : 0);
        writer.Write((int)settings.BadRowPolicy);
        writer.Write(settings.PadTokenScores ? 1 : 0);
        writer.Write(settings.TokenProbabilities ? 1 : 0);
        foreach (var parameter in shape.Parameters())
        {
            foreach (var value in settings.Weights[parameter.Name])
                writer.Write(value);
        }
    }

    /// <summary>Called by ML.NET, by name, when it meets our loader signature in a model.</summary>
    /// <exception cref="FormatException">The model is damaged, or newer than this version reads.</exception>
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

    private static ScorerSettings Read(IHostEnvironment env, ModelLoadContext file)
    {
        // In the order in which Save writes.
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
        var shape = ReadShape(env, reader, file.Header.ModelVerWritten);
        var earlier = file.Header.ModelVerWritten < ThirdVersion;
        var policy = earlier ? BadRowPolicy.Error : (BadRowPolicy)reader.ReadInt32();
        ModelReaderExtensions.Check(env, ScorerSettings.FindPolicyProblem(policy));
        return new ScorerSettings
        {
            Columns = columns,
            BatchSize = batchSize,
            BadRowPolicy = policy,
            PadTokenScores = earlier || ModelReaderExtensions.ReadFlag(env, reader, nameof(ScorerSettings.PadTokenScores)),
            TokenProbabilities = !earlier && ModelReaderExtensions.ReadFlag(env, reader, nameof(ScorerSettings.TokenProbabilities)),
            Weights = ReadWeights(env, reader, shape),
        };
    }

    private static DiscriminatorConfig ReadShape(IHostEnvironment env, BinaryReader reader, uint version)
    {
        var shape = new DiscriminatorConfig
        {
            EmbeddingDimension = reader.ReadInt32(),
            MaxTokens = reader.ReadInt32(),
            ModelDimension = reader.ReadInt32(),
            Heads = reader.ReadInt32(),
            Layers = reader.ReadInt32(),
            FeedForwardDimension = reader.ReadInt32(),
            LearnInitialEmbedding = ModelReaderExtensions.ReadFlag(env, reader, nameof(DiscriminatorConfig.LearnInitialEmbedding)),
            Dropout = reader.ReadDouble(),
            AttentionDropout = version < SecondVersion ? 0 : reader.ReadDouble(),
            Precision = version < SecondVersion ? ComputePrecision.Single : (ComputePrecision)reader.ReadInt32(),
        };
        shape = shape with
        {
            InputProjection = version < SecondVersion
                ? shape.ModelDimension != shape.EmbeddingDimension
                : ModelReaderExtensions.ReadFlag(env, reader, nameof(DiscriminatorConfig.InputProjection)),
        };
        ModelReaderExtensions.Check(env, shape.FindProblem());
        var settled = shape.Resolve();
        return settled == shape
            ? shape
            : throw env.ModelFile($"Heads: a width of {shape.ModelDimension} cannot be divided among {shape.Heads} heads");
    }

    // The sizes are the file's word only: held against what is left of the file before anything is allocated.
    private static StateDictionary ReadWeights(IHostEnvironment env, BinaryReader reader, DiscriminatorConfig shape)
    {
        var expected = shape.Parameters().Sum(parameter => parameter.Count) * sizeof(float);
        var left = ModelReaderExtensions.RemainingBytes(reader);
        if (expected > left)
            throw env.ModelFile($"its sizes take {expected} bytes of weights, {left} are left");

        var values = shape.Parameters().ToDictionary(
            parameter => parameter.Name, parameter => ModelReaderExtensions.ReadSingles(reader, checked((int)parameter.Count)));
        var read = new StateDictionary(shape, values);
        return read.FindProblem() is { } problem ? throw env.ModelFile(problem) : read;
    }
}
