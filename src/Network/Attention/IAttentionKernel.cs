using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Computes softmax(Q K^T / sqrt(d) + mask) V for each head.</summary>
internal interface IAttentionKernel
{
    /// <summary>Computes attention for the queries of both halves.</summary>
    /// <param name="both">The queries, keys and values of both halves, (B, 2T, 3, H, d).</param>
    /// <returns>(B, 2T, D).</returns>
    Tensor AttendBoth(Tensor both);

    /// <summary>Computes attention for the queries of the candidates only.</summary>
    /// <param name="candidates">The queries, keys and values of the candidates, (B, T, 3, H, d).</param>
    /// <param name="context">The keys and values of the context, (B, T, 2, H, d).</param>
    /// <returns>(B, T, D).</returns>
    Tensor AttendCandidates(Tensor candidates, Tensor context);
}

/// <summary>A tensor for each half: the context's and the candidates'.</summary>
internal readonly record struct ContextAndCandidates(Tensor Context, Tensor Candidates)
{
    /// <summary>Concatenates the halves: two (B, T, ...) to (B, 2T, ...).</summary>
    public Tensor Join() => cat([Context, Candidates], 1);
}
