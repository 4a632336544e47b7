using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Splits the buffer of a row's combined sequence into its halves, and clears the padding.</summary>
internal static class CombinedLayout
{
    /// <summary>Resizes the caller's buffer for a row, and clears the row's padding.</summary>
    /// <param name="combined">The caller's buffer.</param>
    /// <param name="layout">The row's layout.</param>
    /// <param name="context">The span of the context's tokens, (T, C).</param>
    /// <param name="candidates">The span of the candidates, (T, K, C).</param>
    public static VBufferEditor<float> Edit(
        ref VBuffer<float> combined, RowLayout layout, out Span<float> context, out Span<float> candidates)
    {
        var editor = VBufferEditor.Create(ref combined, layout.CombinedLength);
        SplitHalves(editor.Values, layout, out context, out candidates);
        return editor;
    }

    /// <summary>Splits a row into the tokens of its halves, and clears the padding.</summary>
    /// <param name="values">The row, (P + P * K, C). It may hold the values of another row.</param>
    /// <param name="layout">The row's layout.</param>
    /// <param name="context">The span of the context's tokens, (T, C).</param>
    /// <param name="candidates">The span of the candidates, (T, K, C).</param>
    public static void SplitHalves(Span<float> values, RowLayout layout, out Span<float> context, out Span<float> candidates)
    {
        var (length, padded, candidatesLength) = (layout.ContextLength, layout.PaddedContextLength, layout.CandidatesLength);
        values[length..padded].Clear();
        values[(padded + candidatesLength)..].Clear();
        context = values[..length];
        candidates = values.Slice(padded, candidatesLength);
    }
}
