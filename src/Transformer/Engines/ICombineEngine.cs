using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Combines sequences, one row at a time. An engine belongs to one cursor or one mapped row, and is not thread-safe.</summary>
internal interface ICombineEngine : IDisposable
{
    /// <summary>Writes the two halves of a row's combined sequence.</summary>
    /// <param name="previous">The real embeddings, (T, C).</param>
    /// <param name="current">The candidate embeddings, (T, K, C).</param>
    /// <param name="context">Receives the context, (T, C).</param>
    /// <param name="candidates">Receives the candidates, (T, K, C).</param>
    void Combine(in VBuffer<float> previous, in VBuffer<float> current, Span<float> context, Span<float> candidates);
}
