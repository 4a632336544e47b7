using Spectre.Console;

namespace MlNetNtd.Tool;

/// <summary>Writes a table: with lines on a terminal, as plain columns otherwise.</summary>
internal static class TextTable
{
    // A pipe has no width, and a row that is broken over lines is no row.
    private const int PlainWidth = 10_000;

    /// <summary>Writes a table on standard output.</summary>
    public static void Write(ToolConsole console, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = console.IsOutputTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)));
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        var output = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Out) });
        if (!console.IsOutputTerminal)
            output.Profile.Width = PlainWidth;
        output.Write(table);
    }
}
