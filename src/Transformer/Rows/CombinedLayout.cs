using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>The layout of a row's combined sequence.</summary>
internal static class CombinedLayout
{
    /// <summary>Makes room for a row in the caller's buffer and clears its padding.</summary>
    /// <param name="combined">The caller's buffer.</param>
    /// <param name="layout">The row's sizes.</param>
    /// <param name="context">Where the first half's values belong, (T, C).</param>
    /// <param name="candidates">Where the second half's values belong, (T, C).</param>
    public static VBufferEditor<float> Edit(
        ref VBuffer<float> combined, RowLayout layout, out Span<float> context, out Span<float> candidates)
    {
        var editor = VBufferEditor.Create(ref combined, layout.CombinedLength);
        SplitHalves(editor.Values, layout, out context, out candidates);
        return editor;
    }

    /// <summary>Clears a row's padding.</summary>
    /// <param name="values">The row, (2P, C). What is in it is another row's, or nobody's.</param>
    /// <param name="layout">The row's sizes.</param>
    /// <param name="context">Where the first half's values belong, (T, C).</param>
    /// <param name="candidates">Where the second half's values belong, (T, C).</param>
    public static void SplitHalves(Span<float> values, RowLayout layout, out Span<float> context, out Span<float> candidates)
    {
        var (half, padded) = (layout.HalfLength, layout.PaddedHalfLength);
        values[half..padded].Clear();
        values[(padded + half)..].Clear();
        context = values[..half];
        candidates = values.Slice(padded, half);
    }
}
