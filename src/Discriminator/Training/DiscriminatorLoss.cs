using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>What the discriminator is trained by, and what a generator trained against it can be.</summary>
public static class DiscriminatorLoss
{
    /// <summary>The score of each sequence: the mean logit of its real tokens.</summary>
    /// <param name="logits">What <see cref="DiscriminatorNetwork"/> gives, (B, T).</param>
    /// <param name="tokens">(B, T): 1 for a real token, 0 for padding; null where nothing is padded.</param>
    /// <returns>A logit per sequence, (B).</returns>
    public static Tensor SequenceScores(Tensor logits, Tensor? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using var scope = NewDisposeScope();
        var scores = tokens is null
            ? logits.mean([1])
            : logits.mul(tokens).sum(1).div(tokens.sum(1));
        return scores.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Binary cross-entropy of logits: of the sequence scores where there is one label per row, of each real token's logit
    /// where there is one per token.
    /// </summary>
    /// <param name="logits">What <see cref="DiscriminatorNetwork"/> gives, (B, T).</param>
    /// <param name="labels">1 (true) or 0, or between: (B), a label per row, or (B, T), a label per token.</param>
    /// <param name="tokens">(B, T): 1 for a real token, 0 for padding; null where nothing is padded.</param>
    /// <param name="weights">(B): how much each row, with all of its tokens, counts; null: all the same.</param>
    /// <returns>The mean over rows, or over real tokens, each by its weight: a scalar.</returns>
    /// <exception cref="ArgumentException">The labels are neither (B) nor (B, T).</exception>
    public static Tensor BinaryCrossEntropy(Tensor logits, Tensor labels, Tensor? tokens = null, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        return Compute(logits, labels, tokens, weights).MoveToOuterDisposeScope();
    }

    /// <summary>The same, not divided by <see cref="Count"/>.</summary>
    internal static Tensor Sum(Tensor logits, Tensor labels, Tensor? tokens, Tensor? weights)
    {
        if (labels.dim() == 1)
            return Sum(SequenceScores(logits, tokens), labels, weights);
        return Sum(logits, labels, OfTokens(tokens, weights, logits.shape));
    }

    /// <summary>What the mean divides by: how many rows, or real tokens, there are, each by its weight.</summary>
    internal static double Count(Tensor labels, Tensor? tokens, Tensor? weights)
    {
        var counted = labels.dim() == 1 ? weights : OfTokens(tokens, weights, labels.shape);
        return counted is null ? labels.numel() : counted.sum().Read();
    }

    /// <summary>Refuses labels that are not these logits'.</summary>
    internal static void Check(Tensor labels, long rows, long tokens)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (!labels.shape.AsSpan().SequenceEqual([rows]) && !labels.shape.AsSpan().SequenceEqual([rows, tokens]))
            throw new ArgumentException($"Labels: expected ({rows}) or ({rows}, {tokens}), found ({string.Join(", ", labels.shape)}).", nameof(labels));
    }

    private static Tensor Compute(Tensor logits, Tensor labels, Tensor? tokens, Tensor? weights)
    {
        Check(labels, logits.shape[0], logits.shape[1]);
        return labels.dim() == 1
            ? Mean(SequenceScores(logits, tokens), labels, weights)
            : Mean(logits, labels, OfTokens(tokens, weights, logits.shape));
    }

    // How much each token counts; null: all the same.
    private static Tensor? OfTokens(Tensor? tokens, Tensor? weights, long[] shape)
    {
        if (weights is null)
            return tokens;
        var ofRows = weights.unsqueeze(1);
        return tokens is null ? ofRows.expand(shape) : tokens.mul(ofRows);
    }

    private static Tensor Mean(Tensor logits, Tensor labels, Tensor? weights) => weights is null
        ? nn.functional.binary_cross_entropy_with_logits(logits, labels)
        : Sum(logits, labels, weights).div(weights.sum());

    private static Tensor Sum(Tensor logits, Tensor labels, Tensor? weights) =>
        nn.functional.binary_cross_entropy_with_logits(logits, labels, weights, nn.Reduction.Sum);
}
