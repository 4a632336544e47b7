using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>A way to compute softmax(Q K^T / sqrt(d) + mask) V, by heads.</summary>
internal interface IAttentionKernel
{
    /// <summary>Queries of both halves attend.</summary>
    /// <param name="both">(B, 2T, 3, H, d): queries, keys and values.</param>
    /// <returns>(B, 2T, D).</returns>
    Tensor AttendBoth(Tensor both);

    /// <summary>Queries of the candidates attend.</summary>
    /// <param name="candidates">(B, T, 3, H, d): queries, keys and values.</param>
    /// <param name="context">(B, T, 2, H, d): keys and values.</param>
    /// <returns>(B, T, D).</returns>
    Tensor AttendCandidates(Tensor candidates, Tensor context);
}

/// <summary>What there is of the context half and of the candidates, apart.</summary>
internal readonly record struct ContextAndCandidates(Tensor Context, Tensor Candidates)
{
    /// <summary>(B, 2T, ...) of two (B, T, ...).</summary>
    public Tensor Join() => cat([Context, Candidates], 1);
}
