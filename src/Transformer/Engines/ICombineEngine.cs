using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Combines sequences, one row at a time. Used by one cursor or one mapped row at a time.</summary>
internal interface ICombineEngine : IDisposable
{
    /// <summary>Writes the two halves of a row's combined sequence.</summary>
    /// <param name="previous">prev, (T, C).</param>
    /// <param name="current">curr, (T, C).</param>
    /// <param name="context">Where the first half belongs, (T, C).</param>
    /// <param name="candidates">Where the second half belongs, (T, C).</param>
    void Combine(in VBuffer<float> previous, in VBuffer<float> current, Span<float> context, Span<float> candidates);
}
