using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Computes softmax(Q K^T / sqrt(d) + mask) V for each head.</summary>
internal interface IAttentionKernel
{
    /// <summary>Gets K, the number of candidates of each token.</summary>
    int CandidatesPerToken { get; }

    /// <summary>Computes attention for the queries of context and candidates.</summary>
    /// <param name="both">The queries, keys and values of both, (B, T + T * K, 3, H, d).</param>
    /// <returns>(B, T + T * K, D).</returns>
    Tensor AttendBoth(Tensor both);

    /// <summary>Computes attention for the queries of the candidates only.</summary>
    /// <param name="candidates">The queries, keys and values of the candidates, (B, T * K, 3, H, d).</param>
    /// <param name="context">The keys and values of the context, (B, T, 2, H, d).</param>
    /// <returns>(B, T * K, D).</returns>
    Tensor AttendCandidates(Tensor candidates, Tensor context);
}

/// <summary>A tensor for each part: the context's and the candidates'.</summary>
internal readonly record struct ContextAndCandidates(Tensor Context, Tensor Candidates)
{
    /// <summary>Divides a tensor of both parts, (B, T + T * K, ...).</summary>
    public static ContextAndCandidates Split(Tensor both, int candidatesPerToken)
    {
        var (positions, tokens) = (both.shape[1], both.shape[1] / (1 + candidatesPerToken));
        var parts = both.split([tokens, positions - tokens], 1);
        return new ContextAndCandidates(parts[0], parts[1]);
    }

    /// <summary>Concatenates the parts: (B, T, ...) and (B, T * K, ...) to (B, T + T * K, ...).</summary>
    public Tensor Join() => cat([Context, Candidates], 1);
}
