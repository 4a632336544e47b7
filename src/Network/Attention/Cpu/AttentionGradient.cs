using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Computes the gradient of attention under the rule with operations that libtorch can differentiate again.</summary>
/// <remarks>
/// With P = softmax(S), S = Q K^T / sqrt(d) + mask and O = P V: dV = P^T dO, dP = dO V^T, dS = P (dP - sum(dP P)), dQ = dS K /
/// sqrt(d), dK = dS^T Q / sqrt(d).
/// </remarks>
internal static class AttentionGradient
{
    /// <summary>Computes the gradients with respect to the projections.</summary>
    /// <param name="candidates">
    /// The queries, keys and values of context and candidates, (B, T + T * K, 3, H, d), or of the candidates, (B, T * K, 3, H, d).
    /// </param>
    /// <param name="context">With candidates only: the keys and values of the context, (B, T, 2, H, d); otherwise null.</param>
    /// <param name="outputGradient">The gradient of the output, (B, T + T * K, H, d) or (B, T * K, H, d).</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>Gradients of the shapes of the inputs. They belong to the caller's dispose scope.</returns>
    public static (Tensor Candidates, Tensor? Context) Compute(Tensor candidates, Tensor? context, Tensor outputGradient, int candidatesPerToken = 1)
    {
        using var scope = NewDisposeScope();
        var candidateParts = candidates.unbind(2);
        var tokens = context is null ? candidates.shape[1] / (1 + candidatesPerToken) : context.shape[1];
        var contextParts = context?.unbind(2);
        var key = HeadsFirst(contextParts is null ? candidateParts[1] : new ContextAndCandidates(contextParts[0], candidateParts[1]).Join());
        var value = HeadsFirst(contextParts is null ? candidateParts[2] : new ContextAndCandidates(contextParts[1], candidateParts[2]).Join());
        var query = HeadsFirst(candidateParts[0]).Mul(1 / Math.Sqrt(candidateParts[0].shape[3]));
        var mask = BlockMaskCache.CreateFull(tokens, candidates, candidatesPerToken);

        var scores = query.matmul(key.transpose(-2, -1)).Add(context is null ? mask : mask.narrow(0, tokens, candidatesPerToken * tokens));
        var probabilities = scores.softmax(-1);
        var dOutput = HeadsFirst(outputGradient);
        var dProbabilities = dOutput.matmul(value.transpose(-2, -1));
        var dScores = probabilities.mul(dProbabilities.sub(dProbabilities.mul(probabilities).sum(-1, keepdim: true)));

        var dQuery = HeadsLast(dScores.matmul(key).Mul(1 / Math.Sqrt(candidateParts[0].shape[3])));
        var dKey = HeadsLast(dScores.transpose(-2, -1).matmul(query));
        var dValue = HeadsLast(probabilities.transpose(-2, -1).matmul(dOutput));
        if (context is null)
            return (stack([dQuery, dKey, dValue], 2).MoveToOuterDisposeScope(), null);
        var (keys, values) = (ContextAndCandidates.Split(dKey, candidatesPerToken), ContextAndCandidates.Split(dValue, candidatesPerToken));
        return (
            stack([dQuery, keys.Candidates, values.Candidates], 2).MoveToOuterDisposeScope(),
            stack([keys.Context, values.Context], 2).MoveToOuterDisposeScope());
    }

    // (B, S, H, d) <-> (B, H, S, d)
    private static Tensor HeadsFirst(Tensor tensor) => tensor.transpose(1, 2);

    private static Tensor HeadsLast(Tensor tensor) => tensor.transpose(1, 2);
}
