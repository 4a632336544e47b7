using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The inputs of one forward and backward pass. The tensors belong to the caller.</summary>
/// <param name="Sequences">(B, T + T * K, C).</param>
/// <param name="Mask">Null for the rule, (S, S), or (B, S, S), where S = T + T * K.</param>
/// <param name="Labels">(B), or (B, T * K).</param>
/// <param name="RealTokens">(B, T * K): 1 for a candidate of a real token, 0 for padding; null if nothing is padded.</param>
/// <param name="Weights">(B), or null.</param>
internal sealed record MicroBatch(Tensor Sequences, Tensor? Mask, Tensor Labels, Tensor? RealTokens, Tensor? Weights)
{
    /// <summary>Gets K, the number of candidates of each token.</summary>
    public int CandidatesPerToken { get; init; } = 1;

    /// <summary>Gets whether the loss ranks the candidates of each token.</summary>
    public bool Ranks { get; init; }

    /// <summary>Gets B.</summary>
    public long Rows => Sequences.shape[0];

    /// <summary>Gets T * K.</summary>
    public long Candidates => Sequences.shape[1] / (1 + CandidatesPerToken) * CandidatesPerToken;

    /// <summary>Selects the rows of a part, as views.</summary>
    public MicroBatch Take(BatchPartition parts, int part) => new(
        parts.Take(Sequences, part),
        Mask?.dim() == 3 ? parts.Take(Mask, part) : Mask,
        parts.Take(Labels, part),
        RealTokens is null ? null : parts.Take(RealTokens, part),
        Weights is null ? null : parts.Take(Weights, part))
    {
        CandidatesPerToken = CandidatesPerToken,
        Ranks = Ranks,
    };

    /// <summary>Computes the mean loss of these logits.</summary>
    public Tensor Loss(Tensor logits) => Ranks
        ? DiscriminatorLoss.RankingMean(logits, Labels, CandidatesPerToken, RealTokens, Weights)
        : DiscriminatorLoss.Mean(logits, Labels, RealTokens, Weights);

    /// <summary>Computes what these logits contribute to the mean loss of a larger set of rows.</summary>
    /// <param name="logits">(b, T * K).</param>
    /// <param name="total">The <see cref="Count"/> of the whole set.</param>
    public Tensor Loss(Tensor logits, double total)
    {
        var sum = Ranks
            ? DiscriminatorLoss.RankingSum(logits, Labels, CandidatesPerToken, RealTokens, Weights)
            : DiscriminatorLoss.Sum(logits, Labels, RealTokens, Weights);
        return sum.Mul(1 / total);
    }

    /// <summary>Computes the divisor of the mean: the weighted number of rows, or of real tokens.</summary>
    public double Count()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // All candidates of a token count as one where they are ranked.
        return DiscriminatorLoss.Count(Labels, RealTokens, Weights) / (Ranks ? CandidatesPerToken : 1);
    }
}
