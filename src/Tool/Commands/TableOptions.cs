using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>The options of commands that turn tables into tables.</summary>
internal sealed class TableOptions
{
    private readonly Argument<string[]> _inputs = CommonOptions.Inputs();

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The file to write; a folder if there are several inputs; - for an Arrow stream on standard output. Default: the first rows are shown; with input - standard output",
        HelpName = "PATH",
    };

    private readonly Option<TableFormat?> _format = new("--format")
    {
        Description = "The format to write: parquet, arrow or arrowstream. Default: as the output's name says, else as the input's",
        HelpName = "FORMAT",
    };

    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Writes outputs that exist again. Default: an output of the same model, input and options is skipped; another is an error",
    };

    private readonly Option<string[]> _columns = CommonOptions.Columns();

    private readonly Option<string[]> _drop = new("--drop")
    {
        Description = "Does not write this column of the input; may be repeated",
        HelpName = "COLUMN",
    };

    private readonly Option<bool> _keepInputs = new("--keep-inputs")
    {
        Description = "Writes the columns of the sequences too, which are left out otherwise",
    };

    private readonly ShardOptions _shard = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_inputs);
        foreach (var option in (Option[])[_output, _format, _overwrite, _columns, _drop, _keepInputs])
            command.Add(option);
        _shard.AddTo(command);
    }

    /// <summary>Reads the options.</summary>
    /// <exception cref="ToolException">An option is invalid, or a pattern matches no file.</exception>
    public TableJob Read(ParseResult result, ToolConsole console) => new()
    {
        Inputs = InputFiles.Find(result.GetValue(_inputs)!),
        Shard = _shard.Read(result, console),
        Output = result.GetValue(_output),
        Format = result.GetValue(_format),
        Overwrite = result.GetValue(_overwrite),
        Names = new ColumnNames(result.GetValue(_columns) ?? []),
        Dropped = result.GetValue(_drop) ?? [],
        KeepInputs = result.GetValue(_keepInputs),
        Console = console,
    };
}
