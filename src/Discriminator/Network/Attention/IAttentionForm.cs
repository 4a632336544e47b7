using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>A way to compute softmax(Q K^T / sqrt(d) + mask) V. Keys and values are those of both halves.</summary>
internal interface IAttentionForm
{
    /// <summary>Queries of both halves attend.</summary>
    /// <param name="query">(B, H, 2T, d).</param>
    /// <param name="key">(B, H, 2T, d).</param>
    /// <param name="value">(B, H, 2T, d).</param>
    /// <returns>(B, H, 2T, d).</returns>
    Tensor AttendAll(Tensor query, Tensor key, Tensor value);

    /// <summary>Queries of the candidates attend.</summary>
    /// <param name="query">(B, H, T, d).</param>
    /// <param name="key">(B, H, 2T, d).</param>
    /// <param name="value">(B, H, 2T, d).</param>
    /// <returns>(B, H, T, d).</returns>
    Tensor AttendCandidates(Tensor query, Tensor key, Tensor value);
}
