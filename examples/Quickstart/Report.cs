namespace MlNetNtd.Examples.Quickstart;

/// <summary>Writes the tour: numbered parts, indented lines, small tables. No line is wider than a terminal.</summary>
internal sealed class Report
{
    /// <summary>The most columns of a line.</summary>
    public const int Width = 100;

    private const string Indent = "   ";

    private readonly TextWriter _output;
    private int _part;

    public Report(TextWriter output) => _output = output;

    /// <summary>A line at the margin.</summary>
    public void Heading(string text) => _output.WriteLine(TextWidth.Fit(text, Width));

    /// <summary>Begins the next numbered part.</summary>
    public void Part(string title)
    {
        _output.WriteLine();
        Heading($"{++_part}. {title}");
    }

    /// <summary>An indented line. Words of the text and paths may be of any length: what does not fit is cut off.</summary>
    public void Line(string text = "") => _output.WriteLine(TextWidth.Fit((Indent + text).TrimEnd(), Width));

    /// <summary>Rows of cells, each column as wide as its widest cell. A row of a single cell goes across all columns.</summary>
    public void Table(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows.Max(row => row.Length))
            .Select(column => rows.Max(row => row.Length > 1 && column < row.Length ? TextWidth.Of(row[column]) : 0))
            .ToArray();
        foreach (var row in rows)
            Line(string.Join("  ", row.Select((cell, column) => TextWidth.Pad(cell, widths[column]))));
    }
}
