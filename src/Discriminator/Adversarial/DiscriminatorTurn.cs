using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The loss of one turn of the discriminator, and what it was made of.</summary>
/// <param name="options">Smoothing and penalty.</param>
/// <param name="trueRows">B, which stand first.</param>
/// <param name="falseRows">B', which stand behind them.</param>
internal sealed class DiscriminatorTurn(AdversarialOptions options, long trueRows, long falseRows)
{
    private float[] _scores = [];
    private int _trueScores;

    /// <summary>How many of the first rows the gradient penalty is felt at: as many stand, disturbed, behind all others.</summary>
    public long Penalized { get; } = options.GradientPenalty == 0 ? 0 : options.PenalizeFalse ? trueRows + falseRows : trueRows;

    /// <summary>The binary cross-entropy.</summary>
    public double CrossEntropy { get; private set; }

    /// <summary>The squared length of the gradient that is penalised.</summary>
    public double Slope { get; private set; }

    /// <summary>The logits of true and false real tokens.</summary>
    public ReadOnlySpan<float> TrueScores => _scores.AsSpan(0, _trueScores);

    public ReadOnlySpan<float> FalseScores => _scores.AsSpan(_trueScores);

    /// <param name="logits">Of true, false and disturbed rows, (rows, T).</param>
    /// <param name="tokens">(B + B', T): 1 for a real token; null: all are.</param>
    public Tensor Loss(Tensor logits, Tensor? tokens)
    {
        var scores = logits.narrow(0, 0, trueRows + falseRows);
        var truths = ones_like(scores.narrow(0, 0, trueRows)).Mul(1 - options.LabelSmoothing);
        var labels = cat([truths, zeros_like(scores.narrow(0, trueRows, falseRows))], 0);
        var loss = DiscriminatorLoss.Mean(scores, labels, tokens, weights: null);
        CrossEntropy = loss.ItemSingle();
        Keep(scores, tokens);
        if (Penalized == 0)
            return loss;

        var change = logits.narrow(0, trueRows + falseRows, Penalized).sub(logits.narrow(0, 0, Penalized));
        var squares = change.Mul(1 / options.GradientPenaltyStep).Square();
        var real = tokens?.narrow(0, 0, Penalized);
        var slope = real is null ? squares.mean() : squares.mul(real).sum().div(real.sum());
        Slope = slope.ItemSingle();
        return loss.Add(slope.Mul(options.GradientPenalty / 2));
    }

    private void Keep(Tensor scores, Tensor? tokens)
    {
        var (values, width) = (Values(scores), (int)scores.shape[1]);
        var real = tokens is null ? null : Values(tokens);
        _scores = [.. values.Where((_, i) => real is null || real[i] != 0)];
        _trueScores = (int)trueRows * width;
        if (real is not null)
            _trueScores = real.Take(_trueScores).Count(token => token != 0);
    }

    private static float[] Values(Tensor tensor) =>
        tensor.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}
