using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>What else the stage does: rows of different lengths, padding, other masks, a learned start, batches of tensors.</summary>
internal sealed class Variations
{
    private readonly MLContext _mlContext;
    private readonly IDataView _sentences;
    private readonly IDataView _windows;
    private readonly int _maxTokens;
    private readonly int _dimension;
    private readonly Report _report;

    public Variations(MLContext mlContext, IDataView sentences, IDataView windows, int maxTokens, int dimension, Report report)
    {
        _mlContext = mlContext;
        _sentences = sentences;
        _windows = windows;
        _maxTokens = maxTokens;
        _dimension = dimension;
        _report = report;
    }

    /// <summary>Shows each.</summary>
    public void Tell(int sentences)
    {
        _report.Part($"Rows of different lengths: {Counted.Of(sentences, "sentence")} of 1 to {Counted.Of(_maxTokens, "token")}");
        TellLengths();
        TellPadding();
        _report.Part("Other masks, for other operations");
        TellKinds();
        TellAnnotation();
        _report.Part("Into training: a learned start, and batches of tensors");
        TellStart();
        TellBatches();
    }

    private void TellLengths()
    {
        using var transformer = Fit(_sentences, options => options.TokenCountColumnName = "Tokens");
        var rows = transformer.Transform(_sentences);
        _report.Line($"Combined is {rows.Schema["Combined"].Type}: each row as long as it is.");
        _report.Line($"Tokens of the first rows: {string.Join(" ", rows.GetColumn<int>("Tokens").Take(12))}");
        _report.Line($"Values of Combined in them: {string.Join(" ", rows.GetColumn<float[]>("Combined").Take(6).Select(row => row.Length))} ...");
    }

    private void TellPadding()
    {
        using var transformer = Fit(_sentences, options => options.PadToMaxTokens = true);
        var rows = transformer.Transform(_sentences);
        _report.Line($"PadToMaxTokens: Combined is {rows.Schema["Combined"].Type}, Mask {rows.Schema["Mask"].Type}, for every row.");
    }

    private void TellKinds()
    {
        foreach (var kind in Enum.GetValues<MaskKind>())
        {
            using var transformer = Fit(_windows, options => options.MaskKind = kind);
            var rows = transformer.Transform(_windows);
            var first = kind == MaskKind.Additive
                ? rows.GetColumn<float[]>("Mask").First().Take(4).Select(value => $"{value:0}")
                : rows.GetColumn<bool[]>("Mask").First().Take(4).Select(value => value ? "true" : "false");
            _report.Line($"{kind,-9} {string.Join(" ", first)} ... (what the first query may attend: the first key)");
        }
    }

    private void TellAnnotation()
    {
        using var transformer = Fit(_windows, options => options.MaskColumnName = null);
        var schema = transformer.GetOutputSchema(_windows.Schema);
        if (schema.TryGetAttentionMask("Combined", out bool[]? mask))
            _report.Line($"MaskColumnName = null: no column, {mask.Length} values once, as an annotation of Combined.");
    }

    private void TellStart()
    {
        using var transformer = Fit(_windows);
        using var learned = transformer.WithInitialEmbedding([.. Enumerable.Repeat(0.5f, _dimension)]);
        _report.Line($"WithInitialEmbedding: position 0 begins with {learned.InitialEmbedding[0]:0.0}, in the old transformer still {transformer.InitialEmbedding[0]:0.0}.");
    }

    private void TellBatches()
    {
        using var transformer = Fit(_sentences);
        try
        {
            using var batch = transformer.ToBatches(_sentences, new SequenceBatchOptions { BatchSize = 8, ShuffleSeed = 1 }).First();
            _report.Line($"ToBatches: Sequences ({string.Join(", ", batch.Sequences.shape)}), Mask ({string.Join(", ", batch.Mask.shape)}).");
        }
        catch (Exception e) when (e is DllNotFoundException or NotSupportedException or TypeInitializationException)
        {
            _report.Line("ToBatches: needs native libtorch, which is not here.");
        }
    }

    private NextTokenDiscriminatorTransformer Fit(IDataView data, Action<NextTokenDiscriminatorEstimator.Options>? configure = null)
    {
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = _dimension, MaxTokens = _maxTokens };
        configure?.Invoke(options);
        return _mlContext.Transforms.NextTokenDiscriminator(options).Fit(data);
    }
}
