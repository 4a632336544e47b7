using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd.Tests;
using Options = MlNetNtd.NextTokenDiscriminatorEstimator.Options;

namespace MlNetNtd.Fuzz;

/// <summary>Models to begin with, and what reading them may throw.</summary>
internal static class Models
{
    private const int Tokens = 3;
    private const int Dimension = 2;
    private const int UsesOfContext = 500;

    [ThreadStatic]
    private static MLContext? _context;

    [ThreadStatic]
    private static int _uses;

    /// <summary>
    /// The transform with every option, with none, and in chains. No other stages of ML.NET are beside it, because most of them
    /// allocate the size that a damaged count gives (docs/security.md).
    /// </summary>
    public static IEnumerable<byte[]> Stages()
    {
        var ml = new MLContext(seed: 1);
        var view = View(ml);
        yield return Save(ml.Transforms.NextTokenDiscriminator(new Options()).Fit(view), view.Schema);
        yield return Save(ml.Transforms.NextTokenDiscriminator(Every()).Fit(view), view.Schema);
        var typed = ml.Transforms.Conversion.MapValueToKey("Key", "Text")
            .Append(ml.Transforms.Categorical.OneHotEncoding("Hot", "Text")).Fit(view).Transform(view);
        var twice = ml.Transforms.NextTokenDiscriminator(new Options()).Append(ml.Transforms.NextTokenDiscriminator(Every()));
        yield return Save(twice.Fit(typed), typed.Schema);
    }

    /// <summary>A scorer with every setting changed, and one with the defaults.</summary>
    public static IEnumerable<byte[]> Scorers()
    {
        var ml = new MLContext(seed: 1);
        var schema = View(ml).Schema;
        foreach (var settings in new[] { EveryScorerSetting(), Scorer(new DiscriminatorConfig { EmbeddingDimension = 2 * Dimension, MaxTokens = Tokens, ModelDimension = 4, Layers = 1 }) })
        {
            using var scorer = new NextTokenDiscriminatorScorer(ml, settings, []);
            yield return Save(scorer, schema);
        }
    }

    /// <summary>The transform and a scorer of its output in one chain.</summary>
    public static byte[] Pipeline()
    {
        var ml = new MLContext(seed: 1);
        var view = View(ml);
        using var scorer = new NextTokenDiscriminatorScorer(ml, Scorer(OfStages()), []);
        return Save(ml.Transforms.NextTokenDiscriminator(new Options()).Fit(view).Append(scorer), view.Schema);
    }

    /// <summary>The entry of a scorer of the transform's output.</summary>
    public static byte[] ScorerEntry()
    {
        var pipeline = Pipeline();
        return Zips.Read(pipeline).Select(entry => entry.Bytes).First(bytes => bytes.AsSpan().IndexOf("NextTokenScorer"u8) >= 0);
    }

    /// <summary>Loads a model.</summary>
    public static ITransformer Load(byte[] zip, out DataViewSchema schema)
    {
        using var stream = new MemoryStream(zip);
        return Context().Model.Load(stream, out schema);
    }

    /// <summary>Saves a model.</summary>
    public static byte[] Save(ITransformer model, DataViewSchema? schema)
    {
        using var stream = new MemoryStream();
        Context().Model.Save(model, schema, stream);
        return stream.ToArray();
    }

    /// <summary>Whether loading may throw this: a format error, or what the runtime says of the assembly that the model names.</summary>
    public static bool IsDocumented(IEnumerable<Exception> causes) => causes.Any(cause => cause
        is FormatException or EndOfStreamException or FileNotFoundException or FileLoadException or BadImageFormatException
        || (cause is ArgumentException && cause.StackTrace?.Contains("Assembly.Load(", StringComparison.Ordinal) == true));

    // A context costs more than most loads, and keeps something of each.
    private static MLContext Context()
    {
        if (_context is null || ++_uses % UsesOfContext == 0)
            _context = new MLContext(seed: 1) { TempFilePath = Scratch.Folder };
        return _context;
    }

    private static IDataView View(MLContext ml) => ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, 4).Select(row => new Row { Text = $"row {row % 2}", Count = row }));

    private static DiscriminatorConfig OfStages() => new() { EmbeddingDimension = Dimension, MaxTokens = Tokens, ModelDimension = 4, Layers = 1 };

    private static ScorerSettings EveryScorerSetting()
    {
        var config = new DiscriminatorConfig
        {
            EmbeddingDimension = 2 * Dimension,
            MaxTokens = Tokens,
            ModelDimension = 12,
            Heads = 3,
            Layers = 2,
            FeedForwardDimension = 8,
            LearnInitialEmbedding = true,
            AttentionDropout = 0.25,
            Precision = ComputePrecision.BFloat16,
        };
        return Scorer(config) with
        {
            Columns = new InputColumnNames { Feature = "Both", Mask = "May", TokenCount = "Tokens", MaskKind = MaskKind.Allowed },
            BadRowPolicy = BadRowPolicy.TruncateOrSkip,
            PadTokenScores = false,
            TokenProbabilities = true,
        };
    }

    // The weights are drawn without libtorch, which the fuzzer does not bring.
    private static ScorerSettings Scorer(DiscriminatorConfig config) => new()
    {
        Columns = new InputColumnNames { Feature = "Combined", Mask = null, TokenCount = null, MaskKind = MaskKind.Blocked },
        BatchSize = 3,
        Weights = StateDictionary.Initialize(config.Resolve(), seed: 1),
    };

    private static Options Every() => new()
    {
        OutputColumnName = "Both",
        MaskColumnName = "May",
        TokenCountColumnName = "Tokens",
        EmbeddingDimension = Dimension,
        MaxTokens = Tokens + 2,
        MaskKind = MaskKind.Additive,
        PadToMaxTokens = true,
        InitialEmbedding = [1, -2],
        Engine = EngineKind.Managed,
        BatchSize = 7,
    };

    private sealed class Row
    {
        [VectorType(Tokens, Dimension)]
        public float[] PreviousEmbeddings { get; set; } = new float[Tokens * Dimension];

        [VectorType(Tokens, Dimension)]
        public float[] CurrentEmbeddings { get; set; } = new float[Tokens * Dimension];

        public string Text { get; set; } = "";

        public int Count { get; set; }
    }
}
