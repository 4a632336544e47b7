using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>The columns with their shapes, and a few rows: their text and some positions of their combined sequence.</summary>
internal sealed class RowTable
{
    private const int Values = 5;

    private readonly Windows _windows;
    private readonly IDataView _view;

    public RowTable(Windows windows, IDataView view)
    {
        _windows = windows;
        _view = view;
    }

    /// <summary>A shape as it is written: [rows, columns].</summary>
    public static string Text(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>Prints both tables.</summary>
    public void Print(Report report)
    {
        report.Table(
        [
            ["column", "shape", "what it holds"],
            Column(nameof(WindowRow.PreviousEmbeddings), "embeddings of the true tokens"),
            Column(nameof(WindowRow.CurrentEmbeddings), "embeddings that the generator expects in their places"),
            Column("Combined", "init, the true tokens but for the last, the predicted tokens"),
            Column("Mask", "who may not look at whom"),
        ]);
        report.Line();
        report.Line("Some positions of the combined sequence, in the first, the middle and the last row:");
        report.Table([["position", "what stands there", "its first values"], .. Rows()]);
    }

    private string[] Column(string name, string holds) => [name, Text(Pipeline.Shape(_view, name)), holds];

    private IEnumerable<string[]> Rows()
    {
        // The first, one from the middle of the text, the last.
        var wanted = new SortedSet<long> { 0, _windows.Count / 2, _windows.Count - 1 };
        using var cursor = _view.GetRowCursor([_view.Schema["Text"], _view.Schema["Combined"]]);
        var getText = cursor.GetGetter<ReadOnlyMemory<char>>(_view.Schema["Text"]);
        var getCombined = cursor.GetGetter<VBuffer<float>>(_view.Schema["Combined"]);
        var text = default(ReadOnlyMemory<char>);
        var combined = default(VBuffer<float>);
        while (cursor.MoveNext())
        {
            if (!wanted.Contains(cursor.Position))
                continue;
            getText(ref text);
            getCombined(ref combined);
            foreach (var row in Positions((int)cursor.Position, text.ToString(), [.. combined.DenseValues()]))
                yield return row;
        }
    }

    private IEnumerable<string[]> Positions(int row, string text, float[] combined)
    {
        var tokens = _windows.Tokens;
        var words = _windows.Words(row).ToArray();
        var dimension = combined.Length / (2 * tokens);
        yield return [$"row {row}: {TextWidth.Fit(text, 80)}"];
        foreach (var position in new SortedSet<int> { 0, Math.Min(1, tokens - 1), tokens, 2 * tokens - 1 })
        {
            var label = position switch
            {
                0 => "init",
                _ when position < tokens => $"true {Quote(words[position - 1])}",
                _ => $"predicted for {Quote(words[position - tokens])}",
            };
            var values = combined.AsSpan(position * dimension, Math.Min(Values, dimension)).ToArray();
            yield return [$"{position,8}", label, string.Join(' ', values.Select(Number)) + (dimension > Values ? " ..." : "")];
        }
    }

    private static string Quote(string word) => $"\"{TextWidth.Fit(word, 14)}\"";

    private static string Number(float value) => value.ToString("F3", CultureInfo.InvariantCulture).PadLeft(6);
}
