using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>The layout of a row's combined sequence in the caller's buffer.</summary>
internal static class CombinedColumn
{
    /// <summary>Makes room for a row and clears its padding.</summary>
    /// <param name="combined">The caller's buffer.</param>
    /// <param name="layout">The row's sizes.</param>
    /// <param name="context">Where the first half's values belong, (T, C).</param>
    /// <param name="candidates">Where the second half's values belong, (T, C).</param>
    public static VBufferEditor<float> Edit(
        ref VBuffer<float> combined, RowLayout layout, out Span<float> context, out Span<float> candidates)
    {
        var editor = VBufferEditor.Create(ref combined, layout.CombinedLength);
        var (half, padded) = (layout.HalfLength, layout.PaddedHalfLength);
        context = editor.Values[..half];
        candidates = editor.Values.Slice(padded, half);

        // The buffer is the caller's, reused from row to row: what is not written is another row's.
        editor.Values[half..padded].Clear();
        editor.Values[(padded + half)..].Clear();
        return editor;
    }
}
