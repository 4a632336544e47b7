using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>What a step learns from; the tensors are the caller's.</summary>
/// <param name="Sequences">(B, 2T, C).</param>
/// <param name="Mask">Null for the rule, (2T, 2T), or (B, 2T, 2T).</param>
/// <param name="Labels">(B), or (B, T).</param>
/// <param name="RealTokens">(B, T): 1 for a real token; null: all are.</param>
/// <param name="Weights">(B), or null.</param>
internal sealed record MicroBatch(Tensor Sequences, Tensor? Mask, Tensor Labels, Tensor? RealTokens, Tensor? Weights)
{
    /// <summary>B.</summary>
    public long Rows => Sequences.shape[0];

    /// <summary>T.</summary>
    public long Tokens => Sequences.shape[1] / 2;

    /// <summary>The rows of a part. Views.</summary>
    public MicroBatch Take(BatchPartition parts, int part) => new(
        parts.Take(Sequences, part),
        Mask?.dim() == 3 ? parts.Take(Mask, part) : Mask,
        parts.Take(Labels, part),
        RealTokens is null ? null : parts.Take(RealTokens, part),
        Weights is null ? null : parts.Take(Weights, part));

    /// <summary>The mean loss of these logits.</summary>
    public Tensor Loss(Tensor logits) => DiscriminatorLoss.Mean(logits, Labels, RealTokens, Weights);

    /// <summary>What these logits add to the mean loss of more rows, of which these are some.</summary>
    /// <param name="logits">(b, T).</param>
    /// <param name="total">The <see cref="Count"/> of all of them.</param>
    public Tensor Loss(Tensor logits, double total) => DiscriminatorLoss.Sum(logits, Labels, RealTokens, Weights).Mul(1 / total);

    /// <summary>What the mean divides by: the rows, or the real tokens, each by its weight.</summary>
    public double Count()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return DiscriminatorLoss.Count(Labels, RealTokens, Weights);
    }
}
