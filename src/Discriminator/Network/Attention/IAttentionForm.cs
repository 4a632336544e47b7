using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>A way to compute softmax(Q K^T / sqrt(d) + mask) V, by heads.</summary>
internal interface IAttentionForm
{
    /// <summary>Queries of both halves attend.</summary>
    /// <param name="query">(B, 2T, H, d).</param>
    /// <param name="key">(B, 2T, H, d).</param>
    /// <param name="value">(B, 2T, H, d).</param>
    /// <returns>(B, 2T, D).</returns>
    Tensor AttendAll(Tensor query, Tensor key, Tensor value);

    /// <summary>Queries of the candidates attend.</summary>
    /// <param name="query">(B, T, H, d).</param>
    /// <param name="key">Of each half, (B, T, H, d).</param>
    /// <param name="value">Of each half, (B, T, H, d).</param>
    /// <returns>(B, T, D).</returns>
    Tensor AttendCandidates(Tensor query, Halves key, Halves value);
}

/// <summary>What there is of the context half and of the candidates, apart.</summary>
internal readonly record struct Halves(Tensor Context, Tensor Candidates)
{
    /// <summary>(B, 2T, ...) of two (B, T, ...).</summary>
    public Tensor Join() => cat([Context, Candidates], 1);
}
