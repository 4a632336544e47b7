using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Attention under any mask: one fused call for all.</summary>
/// <param name="mask">To be added to the scores: (2T, 2T), or (B, 1, 2T, 2T).</param>
internal sealed class FusedAttention(Tensor mask) : IAttentionKernel
{
    public Tensor AttendBoth(Tensor both)
    {
        var parts = both.unbind(2);
        return Call(parts[0], parts[1], parts[2], mask).flatten(2);
    }

    public Tensor AttendCandidates(Tensor candidates, Tensor context)
    {
        var (own, seen, tokens) = (candidates.unbind(2), context.unbind(2), candidates.shape[1]);
        return Call(own[0], new ContextAndCandidates(seen[0], own[1]).Join(), new ContextAndCandidates(seen[1], own[2]).Join(), mask.narrow(-2, tokens, tokens)).flatten(2);
    }

    /// <summary>The fused call, which wants heads before positions.</summary>
    /// <param name="query">(B, S, H, d).</param>
    /// <param name="key">(B, K, H, d).</param>
    /// <param name="value">(B, K, H, d).</param>
    /// <param name="mask">To be added to the scores: (S, K), or (B, 1, S, K).</param>
    /// <returns>(B, S, H, d).</returns>
    public static Tensor Call(Tensor query, Tensor key, Tensor value, Tensor mask) => nn.functional.scaled_dot_product_attention(
        query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), mask).transpose(1, 2);
}
