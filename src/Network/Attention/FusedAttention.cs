using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Computes attention under any mask by one fused call.</summary>
/// <param name="mask">The additive mask: (S, S), or (B, 1, S, S), where S = T + T * K.</param>
/// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
internal sealed class FusedAttention(Tensor mask, int candidatesPerToken = 1) : IAttentionKernel
{
    public int CandidatesPerToken => candidatesPerToken;

    public Tensor AttendBoth(Tensor both)
    {
        var parts = both.unbind(2);
        return Call(parts[0], parts[1], parts[2], mask).flatten(2);
    }

    public Tensor AttendCandidates(Tensor candidates, Tensor context)
    {
        var (candidateParts, contextParts, tokens) = (candidates.unbind(2), context.unbind(2), context.shape[1]);
        return Call(candidateParts[0], new ContextAndCandidates(contextParts[0], candidateParts[1]).Join(), new ContextAndCandidates(contextParts[1], candidateParts[2]).Join(), mask.narrow(-2, tokens, candidates.shape[1])).flatten(2);
    }

    /// <summary>Runs the fused call, which expects heads before positions.</summary>
    /// <param name="query">(B, S, H, d).</param>
    /// <param name="key">(B, K, H, d).</param>
    /// <param name="value">(B, K, H, d).</param>
    /// <param name="mask">The additive mask: (S, K), or (B, 1, S, K).</param>
    /// <returns>(B, S, H, d).</returns>
    public static Tensor Call(Tensor query, Tensor key, Tensor value, Tensor mask) => nn.functional.scaled_dot_product_attention(
        query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), mask).transpose(1, 2);
}
