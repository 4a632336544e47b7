using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Computes the losses that train a discriminator, and that can train a generator against it.</summary>
public static class DiscriminatorLoss
{
    /// <summary>Computes the score of each sequence: the mean logit of its real tokens.</summary>
    /// <param name="logits">The output of a <see cref="DiscriminatorNetwork"/>, (B, T).</param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean; null if nothing is padded.
    /// </param>
    /// <returns>A logit per sequence, (B).</returns>
    /// <exception cref="ArgumentException">The tokens are not (B, T) of 1 and 0, or a row has no real token.</exception>
    public static Tensor SequenceScores(Tensor logits, Tensor? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var shape = CheckLogits(logits);
        if (tokens is not null)
            LossInputs.CheckTokens(tokens, shape, nameof(tokens), requireEachRow: true);
        using var scope = NewDisposeScope();
        return Scores(logits, tokens).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the binary cross-entropy: of the sequence scores if there is one label per row, of each real token's logit if there
    /// is one per token.
    /// </summary>
    /// <param name="logits">The output of a <see cref="DiscriminatorNetwork"/>, (B, T); (B, T * K) with K candidates for each token, where T * K then
    /// stands for T.</param>
    /// <param name="labels">
    /// The labels, from 0 (generated) to 1 (real), of any number type or Boolean: (B), a label per row, or (B, T), a label per
    /// token.
    /// </param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean; null if nothing is padded.
    /// </param>
    /// <param name="weights">The weight of each row and all of its tokens, (B), at least 0; null weights all rows equally.</param>
    /// <returns>The weighted mean over rows or over real tokens, a scalar.</returns>
    /// <exception cref="ArgumentException">A shape or a value is wrong; the message names it.</exception>
    public static Tensor BinaryCrossEntropy(Tensor logits, Tensor labels, Tensor? tokens = null, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        using var inputs = new LossInputs(labels, tokens, weights, CheckLogits(logits), logits.dtype);
        return Mean(logits, inputs.Labels, inputs.Tokens, inputs.Weights).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the loss of ranking noise-contrastive estimation (<see cref="LossKind.RankingNce"/>): the cross-entropy of a softmax over
    /// the K candidates of each real token.
    /// </summary>
    /// <param name="logits">The output of a <see cref="DiscriminatorNetwork"/>, (B, T * K).</param>
    /// <param name="labels">(B, T * K): 1 for the true candidate of each token, 0 for the others, of any number type or Boolean.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token, at least 2.</param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean; null if nothing is padded.
    /// </param>
    /// <param name="weights">The weight of each row and all of its tokens, (B), at least 0; null weights all rows equally.</param>
    /// <returns>The weighted mean over real tokens, a scalar.</returns>
    /// <exception cref="ArgumentException">
    /// A shape or a value is wrong, or a token has not exactly one true candidate; the message names it.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">K is less than 2.</exception>
    public static Tensor RankingNce(Tensor logits, Tensor labels, int candidatesPerToken, Tensor? tokens = null, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(candidatesPerToken, 2);
        var shape = CheckLogits(logits);
        if (shape[1] % candidatesPerToken != 0)
            throw new ArgumentException($"logits: expected (B, T * {candidatesPerToken}), found ({string.Join(", ", shape)}).", nameof(logits));
        using var scope = NewDisposeScope();
        using var inputs = new LossInputs(labels, tokens, weights, shape, logits.dtype, candidatesPerToken);
        inputs.CheckRanking(candidatesPerToken);
        return RankingMean(logits, inputs.Labels, candidatesPerToken, inputs.Tokens, inputs.Weights).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the weighted mean of the ranking loss of validated inputs.</summary>
    internal static Tensor RankingMean(Tensor logits, Tensor labels, int candidatesPerToken, Tensor? tokens, Tensor? weights) =>
        RankingSum(logits, labels, candidatesPerToken, tokens, weights).Mul(candidatesPerToken / Count(labels, tokens, weights));

    /// <summary>Computes the weighted sum of the ranking losses of validated inputs.</summary>
    internal static Tensor RankingSum(Tensor logits, Tensor labels, int candidatesPerToken, Tensor? tokens, Tensor? weights)
    {
        (labels, tokens, weights) = (labels.ToTrainable(), tokens?.ToTrainable(), weights?.ToTrainable());
        long[] shape = [logits.shape[0], -1, candidatesPerToken];
        var losses = logits.view(shape).log_softmax(-1).mul(labels.view(shape)).sum(-1).neg();
        return TokenWeights(tokens, weights, logits.shape) is { } tokenWeights ? losses.mul(tokenWeights.reshape(shape).select(-1, 0)).sum() : losses.sum();
    }

    /// <summary>Computes the weighted mean loss of validated inputs.</summary>
    internal static Tensor Mean(Tensor logits, Tensor labels, Tensor? tokens, Tensor? weights)
    {
        (labels, tokens, weights) = (labels.ToTrainable(), tokens?.ToTrainable(), weights?.ToTrainable());
        return labels.dim() == 1
            ? Mean(Scores(logits, tokens), labels, weights)
            : Mean(logits, labels, TokenWeights(tokens, weights, logits.shape));
    }

    /// <summary>Computes the weighted sum of losses, without the division by <see cref="Count"/>.</summary>
    internal static Tensor Sum(Tensor logits, Tensor labels, Tensor? tokens, Tensor? weights)
    {
        (labels, tokens, weights) = (labels.ToTrainable(), tokens?.ToTrainable(), weights?.ToTrainable());
        if (labels.dim() == 1)
            return Sum(Scores(logits, tokens), labels, weights);
        return Sum(logits, labels, TokenWeights(tokens, weights, logits.shape));
    }

    /// <summary>Computes the divisor of the mean: the weighted number of rows, or of real tokens.</summary>
    internal static double Count(Tensor labels, Tensor? tokens, Tensor? weights)
    {
        var counted = labels.dim() == 1 ? weights : TokenWeights(tokens, weights, labels.shape);
        return counted is null ? labels.numel() : counted.sum().ItemSingle();
    }

    /// <summary>Gets what the loss compares, never Auto.</summary>
    /// <param name="kind">The requested loss.</param>
    /// <param name="labelsTokens">Whether there is a label per token.</param>
    internal static LossKind Resolve(LossKind kind, bool labelsTokens) =>
        kind != LossKind.Auto ? kind : labelsTokens ? LossKind.Token : LossKind.Row;

    /// <summary>Describes why a loss kind is invalid; null if it is valid.</summary>
    internal static string? FindProblem(LossKind kind) => Enum.IsDefined(kind)
        ? null
        : $"expected one of {string.Join(", ", Enum.GetNames<LossKind>())}, found {(int)kind}";

    private static long[] CheckLogits(Tensor logits) => logits.dim() == 2
        ? logits.shape
        : throw new ArgumentException($"logits: expected (B, T), found ({string.Join(", ", logits.shape)}).", nameof(logits));

    private static Tensor Scores(Tensor logits, Tensor? tokens) => tokens is null
        ? logits.mean([1])
        : logits.mul(tokens).sum(1).div(tokens.sum(1));

    // The weight of each token; null if all are equal.
    private static Tensor? TokenWeights(Tensor? tokens, Tensor? weights, long[] shape)
    {
        if (weights is null)
            return tokens;
        var rowWeights = weights.unsqueeze(1);
        return tokens is null ? rowWeights.expand(shape) : tokens.mul(rowWeights);
    }

    private static Tensor Mean(Tensor logits, Tensor labels, Tensor? weights) => weights is null
        ? nn.functional.binary_cross_entropy_with_logits(logits, labels)
        : Sum(logits, labels, weights).div(weights.sum());

    private static Tensor Sum(Tensor logits, Tensor labels, Tensor? weights) =>
        nn.functional.binary_cross_entropy_with_logits(logits, labels, weights, nn.Reduction.Sum);
}
