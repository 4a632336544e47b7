using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Attention under any mask, step by step, so that shares can be dropped: what no fused call does.</summary>
/// <param name="mask">To be added to the scores: (2T, 2T), or (B, 1, 2T, 2T).</param>
/// <param name="dropout">Leaves out shares.</param>
internal sealed class WrittenOutAttention(Tensor mask, DropoutSource dropout) : IAttentionForm
{
    public Tensor AttendAll(Tensor query, Tensor key, Tensor value) => Attend(query, key, value, mask);

    public Tensor AttendCandidates(Tensor query, Tensor key, Tensor value)
    {
        var tokens = query.shape[2];
        return Attend(query, key, value, mask.narrow(-2, tokens, tokens));
    }

    private Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor added)
    {
        var scores = query.mul(1 / Math.Sqrt(query.shape[3])).matmul(key.transpose(-2, -1)).add(added);
        return dropout.Apply(scores.softmax(-1), training: true).matmul(value);
    }
}
