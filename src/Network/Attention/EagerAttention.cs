using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Computes attention under any mask step by step, with dropout of probabilities, which no fused call has.</summary>
/// <param name="mask">The additive mask: (S, S), or (B, 1, S, S), where S = T + T * K.</param>
/// <param name="dropout">The dropout of probabilities.</param>
/// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
internal sealed class EagerAttention(Tensor mask, SeededDropout dropout, int candidatesPerToken = 1) : IAttentionKernel
{
    public int CandidatesPerToken => candidatesPerToken;

    public Tensor AttendBoth(Tensor both)
    {
        var parts = both.unbind(2);
        return Attend(parts[0], parts[1], parts[2], mask);
    }

    public Tensor AttendCandidates(Tensor candidates, Tensor context)
    {
        var (candidateParts, contextParts, tokens) = (candidates.unbind(2), context.unbind(2), context.shape[1]);
        return Attend(candidateParts[0], new ContextAndCandidates(contextParts[0], candidateParts[1]).Join(), new ContextAndCandidates(contextParts[1], candidateParts[2]).Join(), mask.narrow(-2, tokens, candidates.shape[1]));
    }

    private Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor additiveMask)
    {
        var scores = query.Mul(1 / Math.Sqrt(query.shape[3])).transpose(1, 2).matmul(key.permute(0, 2, 3, 1)).Add(additiveMask);
        return dropout.Apply(scores.softmax(-1), training: true).matmul(value.transpose(1, 2)).transpose(1, 2).flatten(2);
    }
}
