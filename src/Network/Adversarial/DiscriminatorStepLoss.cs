using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The loss of one turn of the discriminator, and what it was made of.</summary>
/// <param name="options">Smoothing and penalty.</param>
/// <param name="realRows">B, which stand first.</param>
/// <param name="generatedRows">B', which stand behind them.</param>
internal sealed class DiscriminatorStepLoss(AdversarialOptions options, long realRows, long generatedRows)
{
    private float[] _scores = [];
    private int _realScores;

    /// <summary>How many of the first rows the gradient penalty is felt at: as many stand, disturbed, behind all others.</summary>
    public long PenalizedRows { get; } = options.GradientPenalty == 0 ? 0 : options.PenalizeGenerated ? realRows + generatedRows : realRows;

    /// <summary>The binary cross-entropy.</summary>
    public double CrossEntropy { get; private set; }

    /// <summary>The squared length of the gradient that is penalised.</summary>
    public double SquaredGradient { get; private set; }

    /// <summary>The logits of true and false real tokens.</summary>
    public ReadOnlySpan<float> RealScores => _scores.AsSpan(0, _realScores);

    public ReadOnlySpan<float> GeneratedScores => _scores.AsSpan(_realScores);

    /// <param name="logits">Of true, false and disturbed rows, (rows, T).</param>
    /// <param name="tokens">(B + B', T): 1 for a real token; null: all are.</param>
    public Tensor Loss(Tensor logits, Tensor? tokens)
    {
        var scores = logits.narrow(0, 0, realRows + generatedRows);
        var truths = ones_like(scores.narrow(0, 0, realRows)).Mul(1 - options.LabelSmoothing);
        var labels = cat([truths, zeros_like(scores.narrow(0, realRows, generatedRows))], 0);
        var loss = DiscriminatorLoss.Mean(scores, labels, tokens, weights: null);
        CrossEntropy = loss.ItemSingle();
        Keep(scores, tokens);
        if (PenalizedRows == 0)
            return loss;

        var change = logits.narrow(0, realRows + generatedRows, PenalizedRows).sub(logits.narrow(0, 0, PenalizedRows));
        var squares = change.Mul(1 / options.GradientPenaltyStep).Square();
        var real = tokens?.narrow(0, 0, PenalizedRows);
        var slope = real is null ? squares.mean() : squares.mul(real).sum().div(real.sum());
        SquaredGradient = slope.ItemSingle();
        return loss.Add(slope.Mul(options.GradientPenalty / 2));
    }

    private void Keep(Tensor scores, Tensor? tokens)
    {
        var (values, width) = (Values(scores), (int)scores.shape[1]);
        var real = tokens is null ? null : Values(tokens);
        _scores = [.. values.Where((_, i) => real is null || real[i] != 0)];
        _realScores = (int)realRows * width;
        if (real is not null)
            _realScores = real.Take(_realScores).Count(token => token != 0);
    }

    private static float[] Values(Tensor tensor) =>
        tensor.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}
