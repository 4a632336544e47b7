using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The gradient of attention under the rule, in operations that libtorch can differentiate again.</summary>
/// <remarks>
/// With P = softmax(S), S = Q K^T / sqrt(d) + mask and O = P V: dV = P^T dO, dP = dO V^T, dS = P (dP - sum(dP P)),
/// dQ = dS K / sqrt(d), dK = dS^T Q / sqrt(d).
/// </remarks>
internal static class AttentionGradient
{
    /// <summary>Computes the gradients of what attended and of what was attended to.</summary>
    /// <param name="candidates">Both halves' projections, (B, 2T, 3, H, d): queries, keys, values; or the candidates', (B, T, 3, H, d).</param>
    /// <param name="context">Then the context's, (B, T, 2, H, d): keys, values; or null.</param>
    /// <param name="outer">The gradient of the output, (B, 2T, H, d) or (B, T, H, d).</param>
    /// <returns>Gradients of the same shapes as the inputs; they belong to the caller's dispose scope.</returns>
    public static (Tensor Candidates, Tensor? Context) Compute(Tensor candidates, Tensor? context, Tensor outer)
    {
        using var scope = NewDisposeScope();
        var own = candidates.unbind(2);
        var tokens = context is null ? candidates.shape[1] / 2 : candidates.shape[1];
        var seen = context?.unbind(2);
        var key = HeadsFirst(seen is null ? own[1] : new ContextAndCandidates(seen[0], own[1]).Join());
        var value = HeadsFirst(seen is null ? own[2] : new ContextAndCandidates(seen[1], own[2]).Join());
        var query = HeadsFirst(own[0]).Mul(1 / Math.Sqrt(own[0].shape[3]));
        var mask = BlockMaskCache.CreateFull(tokens, candidates);

        var scores = query.matmul(key.transpose(-2, -1)).Add(context is null ? mask : mask.narrow(0, tokens, tokens));
        var shares = scores.softmax(-1);
        var ofOutput = HeadsFirst(outer);
        var ofShares = ofOutput.matmul(value.transpose(-2, -1));
        var ofScores = shares.mul(ofShares.sub(ofShares.mul(shares).sum(-1, keepdim: true)));

        var ofQuery = HeadsLast(ofScores.matmul(key).Mul(1 / Math.Sqrt(own[0].shape[3])));
        var ofKey = HeadsLast(ofScores.transpose(-2, -1).matmul(query));
        var ofValue = HeadsLast(shares.transpose(-2, -1).matmul(ofOutput));
        if (context is null)
            return (stack([ofQuery, ofKey, ofValue], 2).MoveToOuterDisposeScope(), null);
        var (keys, values) = (ofKey.split(tokens, 1), ofValue.split(tokens, 1));
        return (
            stack([ofQuery, keys[1], values[1]], 2).MoveToOuterDisposeScope(),
            stack([keys[0], values[0]], 2).MoveToOuterDisposeScope());
    }

    // (B, S, H, d) <-> (B, H, S, d)
    private static Tensor HeadsFirst(Tensor tensor) => tensor.transpose(1, 2);

    private static Tensor HeadsLast(Tensor tensor) => tensor.transpose(1, 2);
}
