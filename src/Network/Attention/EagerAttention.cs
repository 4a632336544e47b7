using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Attention under any mask, step by step, so that shares can be left out at random: no fused call does.</summary>
/// <param name="mask">To be added to the scores: (2T, 2T), or (B, 1, 2T, 2T).</param>
/// <param name="dropout">Leaves out shares.</param>
internal sealed class EagerAttention(Tensor mask, SeededDropout dropout) : IAttentionKernel
{
    public Tensor AttendBoth(Tensor both)
    {
        var parts = both.unbind(2);
        return Attend(parts[0], parts[1], parts[2], mask);
    }

    public Tensor AttendCandidates(Tensor candidates, Tensor context)
    {
        var (own, seen, tokens) = (candidates.unbind(2), context.unbind(2), candidates.shape[1]);
        return Attend(own[0], new ContextAndCandidates(seen[0], own[1]).Join(), new ContextAndCandidates(seen[1], own[2]).Join(), mask.narrow(-2, tokens, tokens));
    }

    private Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor added)
    {
        var scores = query.Mul(1 / Math.Sqrt(query.shape[3])).transpose(1, 2).matmul(key.permute(0, 2, 3, 1)).Add(added);
        return dropout.Apply(scores.softmax(-1), training: true).matmul(value.transpose(1, 2)).transpose(1, 2).flatten(2);
    }
}
