using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Computes the loss of one step of the discriminator, and keeps its parts.</summary>
/// <remarks>A row holds the candidates of one sequence, or a single candidate if real and generated sequences have different numbers of them.</remarks>
/// <param name="options">The options for smoothing and penalty.</param>
/// <param name="realRows">The number of real rows, which come first.</param>
/// <param name="generatedRows">The number of generated rows, which follow.</param>
internal sealed class DiscriminatorStepLoss(AdversarialOptions options, long realRows, long generatedRows)
{
    private float[] _scores = [];
    private int _realScores;

    /// <summary>
    /// Gets the number of leading rows whose gradient is penalized. Their perturbed copies follow all other rows.
    /// </summary>
    public long PenalizedRows { get; } = options.GradientPenalty == 0 ? 0 : options.PenalizeGenerated ? realRows + generatedRows : realRows;

    /// <summary>Gets the binary cross-entropy.</summary>
    public double CrossEntropy { get; private set; }

    /// <summary>Gets the squared norm of the penalized gradient.</summary>
    public double SquaredGradient { get; private set; }

    /// <summary>Gets the logits of the real rows' tokens, without padding.</summary>
    public ReadOnlySpan<float> RealScores => _scores.AsSpan(0, _realScores);

    /// <summary>Gets the logits of the generated rows' tokens, without padding.</summary>
    public ReadOnlySpan<float> GeneratedScores => _scores.AsSpan(_realScores);

    /// <summary>Computes the loss.</summary>
    /// <param name="logits">The logits of real, generated and perturbed rows, (rows, candidates).</param>
    /// <param name="tokens">
    /// The weights of the real and the generated candidates, in the shape of their logits, 0 for padding; null if all weigh the same.
    /// </param>
    public Tensor Loss(Tensor logits, Tensor? tokens)
    {
        var scores = logits.narrow(0, 0, realRows + generatedRows);
        var realLabels = ones_like(scores.narrow(0, 0, realRows)).Mul(1 - options.LabelSmoothing);
        var labels = cat([realLabels, zeros_like(scores.narrow(0, realRows, generatedRows))], 0);
        var loss = DiscriminatorLoss.Mean(scores, labels, tokens, weights: null);
        CrossEntropy = loss.ItemSingle();
        KeepScores(scores, tokens);
        if (PenalizedRows == 0)
            return loss;

        var difference = logits.narrow(0, realRows + generatedRows, PenalizedRows).sub(logits.narrow(0, 0, PenalizedRows));
        var squares = difference.Mul(1 / options.GradientPenaltyStep).Square();
        var real = tokens?.narrow(0, 0, PenalizedRows);
        var squaredGradient = real is null ? squares.mean() : squares.mul(real).sum().div(real.sum());
        SquaredGradient = squaredGradient.ItemSingle();
        return loss.Add(squaredGradient.Mul(options.GradientPenalty / 2));
    }

    private void KeepScores(Tensor scores, Tensor? tokens)
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
