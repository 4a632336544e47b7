using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Attention under any mask: one fused call for all.</summary>
/// <param name="mask">To be added to the scores: (2T, 2T), or (B, 1, 2T, 2T).</param>
internal sealed class FusedAttention(Tensor mask) : IAttentionForm
{
    public Tensor AttendAll(Tensor query, Tensor key, Tensor value) =>
        nn.functional.scaled_dot_product_attention(query, key, value, mask);

    public Tensor AttendCandidates(Tensor query, Tensor key, Tensor value)
    {
        var tokens = query.shape[2];
        return nn.functional.scaled_dot_product_attention(query, key, value, mask.narrow(-2, tokens, tokens));
    }
}
