using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Writes a row's combined sequence, padding included, into the caller's buffer.</summary>
internal static class CombinedColumn
{
    public static void Write(ref VBuffer<float> combined, ICombineEngine engine, int row, RowLayout layout)
    {
        var editor = VBufferEditor.Create(ref combined, layout.CombinedLength);
        var context = editor.Values[..layout.PaddedHalfLength];
        var candidates = editor.Values[layout.PaddedHalfLength..];
        engine.CopyTo(row, context[..layout.HalfLength], candidates[..layout.HalfLength]);

        // The buffer is the caller's, reused from row to row: what is not written is another row's.
        context[layout.HalfLength..].Clear();
        candidates[layout.HalfLength..].Clear();
        combined = editor.Commit();
    }
}
