using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The inputs of one forward and backward pass. The tensors belong to the caller.</summary>
/// <param name="Sequences">(B, 2T, C).</param>
/// <param name="Mask">Null for the rule, (2T, 2T), or (B, 2T, 2T).</param>
/// <param name="Labels">(B), or (B, T).</param>
/// <param name="RealTokens">(B, T): 1 for a real token, 0 for padding; null if nothing is padded.</param>
/// <param name="Weights">(B), or null.</param>
internal sealed record MicroBatch(Tensor Sequences, Tensor? Mask, Tensor Labels, Tensor? RealTokens, Tensor? Weights)
{
    /// <summary>Gets B.</summary>
    public long Rows => Sequences.shape[0];

    /// <summary>Gets T.</summary>
    public long Tokens => Sequences.shape[1] / 2;

    /// <summary>Selects the rows of a part, as views.</summary>
    public MicroBatch Take(BatchPartition parts, int part) => new(
        parts.Take(Sequences, part),
        Mask?.dim() == 3 ? parts.Take(Mask, part) : Mask,
        parts.Take(Labels, part),
        RealTokens is null ? null : parts.Take(RealTokens, part),
        Weights is null ? null : parts.Take(Weights, part));

    /// <summary>Computes the mean loss of these logits.</summary>
    public Tensor Loss(Tensor logits) => DiscriminatorLoss.Mean(logits, Labels, RealTokens, Weights);

    /// <summary>Computes what these logits contribute to the mean loss of a larger set of rows.</summary>
    /// <param name="logits">(b, T).</param>
    /// <param name="total">The <see cref="Count"/> of the whole set.</param>
    public Tensor Loss(Tensor logits, double total) => DiscriminatorLoss.Sum(logits, Labels, RealTokens, Weights).Mul(1 / total);

    /// <summary>Computes the divisor of the mean: the weighted number of rows, or of real tokens.</summary>
    public double Count()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return DiscriminatorLoss.Count(Labels, RealTokens, Weights);
    }
}
