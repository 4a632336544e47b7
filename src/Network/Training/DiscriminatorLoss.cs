using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>What the discriminator is trained by, and what a generator trained against it can be.</summary>
public static class DiscriminatorLoss
{
    /// <summary>The score of each sequence: the mean logit of its real tokens.</summary>
    /// <param name="logits">What <see cref="DiscriminatorNetwork"/> gives, (B, T).</param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean; null where nothing is padded.
    /// </param>
    /// <returns>A logit per sequence, (B).</returns>
    /// <exception cref="ArgumentException">The tokens are not (B, T) of 1 and 0, or a row has none.</exception>
    public static Tensor SequenceScores(Tensor logits, Tensor? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var shape = CheckLogits(logits);
        if (tokens is not null)
            LossInputs.CheckTokens(tokens, shape, nameof(tokens), ofEachRow: true);
        using var scope = NewDisposeScope();
        return Scores(logits, tokens).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Binary cross-entropy of logits: of the sequence scores where there is one label per row, of each real token's logit
    /// where there is one per token.
    /// </summary>
    /// <param name="logits">What <see cref="DiscriminatorNetwork"/> gives, (B, T).</param>
    /// <param name="labels">
    /// 1 (true) or 0, or between, of any number type or Boolean: (B), a label per row, or (B, T), a label per token.
    /// </param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean; null where nothing is padded.
    /// </param>
    /// <param name="weights">(B): how much each row, with all of its tokens, counts, at least 0; null: all the same.</param>
    /// <returns>The mean over rows, or over real tokens, each by its weight: a scalar.</returns>
    /// <exception cref="ArgumentException">A shape or a value is another; the message names it.</exception>
    public static Tensor BinaryCrossEntropy(Tensor logits, Tensor labels, Tensor? tokens = null, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        using var inputs = new LossInputs(labels, tokens, weights, CheckLogits(logits), logits.dtype);
        return Mean(logits, inputs.Labels, inputs.Tokens, inputs.Weights).MoveToOuterDisposeScope();
    }

    /// <summary>The same of what was checked.</summary>
    internal static Tensor Mean(Tensor logits, Tensor labels, Tensor? tokens, Tensor? weights)
    {
        (labels, tokens, weights) = (labels.ToTrainable(), tokens?.ToTrainable(), weights?.ToTrainable());
        return labels.dim() == 1
            ? Mean(Scores(logits, tokens), labels, weights)
            : Mean(logits, labels, OfTokens(tokens, weights, logits.shape));
    }

    /// <summary>The same, not divided by <see cref="Count"/>.</summary>
    internal static Tensor Sum(Tensor logits, Tensor labels, Tensor? tokens, Tensor? weights)
    {
        (labels, tokens, weights) = (labels.ToTrainable(), tokens?.ToTrainable(), weights?.ToTrainable());
        if (labels.dim() == 1)
            return Sum(Scores(logits, tokens), labels, weights);
        return Sum(logits, labels, OfTokens(tokens, weights, logits.shape));
    }

    /// <summary>What the mean divides by: how many rows, or real tokens, there are, each by its weight.</summary>
    internal static double Count(Tensor labels, Tensor? tokens, Tensor? weights)
    {
        var counted = labels.dim() == 1 ? weights : OfTokens(tokens, weights, labels.shape);
        return counted is null ? labels.numel() : counted.sum().ItemSingle();
    }

    /// <summary>Whether the loss compares tokens.</summary>
    /// <param name="kind">The loss asked for.</param>
    /// <param name="labelsTokens">Whether there is a label per token.</param>
    internal static bool IsByToken(LossKind kind, bool labelsTokens) => labelsTokens || kind == LossKind.Token;

    /// <summary>What is wrong with a kind of loss, whatever the labels are; null: nothing.</summary>
    internal static string? FindProblem(LossKind kind) => Enum.IsDefined(kind)
        ? null
        : $"expected one of {string.Join(", ", Enum.GetNames<LossKind>())}, found {(int)kind}";

    private static long[] CheckLogits(Tensor logits) => logits.dim() == 2
        ? logits.shape
        : throw new ArgumentException($"logits: expected (B, T), found ({string.Join(", ", logits.shape)}).", nameof(logits));

    private static Tensor Scores(Tensor logits, Tensor? tokens) => tokens is null
        ? logits.mean([1])
        : logits.mul(tokens).sum(1).div(tokens.sum(1));

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
