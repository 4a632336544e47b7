namespace MlNetNtd.Tool;

/// <summary>Turns input tables into output tables, one after another; what is there already is skipped.</summary>
internal sealed class TableJob
{
    /// <summary>The rows that are shown if no output is named.</summary>
    private const int ShownRows = 10;

    public required IReadOnlyList<string> Inputs { get; init; }

    public required Shard Shard { get; init; }

    public required string? Output { get; init; }

    public required TableFormat? Format { get; init; }

    public required bool Overwrite { get; init; }

    public required ColumnNames Names { get; init; }

    public required IReadOnlyCollection<string> Dropped { get; init; }

    public required bool KeepInputs { get; init; }

    public required ToolConsole Console { get; init; }

    private bool IsStream => Inputs is [TableFile.Standard];

    /// <summary>Processes the tables of this shard.</summary>
    /// <param name="command">The command's name.</param>
    /// <param name="model">The model's fingerprint.</param>
    /// <param name="options">The command's own options that change the result.</param>
    /// <param name="pipeline">The stages.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ToolException">An input, or an output that exists, is at fault.</exception>
    public void Run(string command, string model, string options, ModelPipeline pipeline, CancellationToken cancellationToken)
    {
        var run = new TableRun(pipeline, Names, Dropped, KeepInputs);
        if ((Output ?? (IsStream ? TableFile.Standard : null)) == TableFile.Standard)
        {
            WriteStream(run, cancellationToken);
            return;
        }

        if (Output is null)
        {
            Show(run, cancellationToken);
            return;
        }

        var outputs = new OutputNames(Output, Format).Choose(Inputs);
        var mine = Shard.Take([.. Inputs.Zip(outputs)]);
        if (Shard.Origin is { } origin)
            Console.Error.WriteLine($"ntd: shard {Shard.Index} of {Shard.Count} ({origin}): {mine.Count} of {Inputs.Count} files.");
        var allOptions = $"{options};{Names};{string.Join(',', Dropped.Order(StringComparer.Ordinal))};{KeepInputs}";
        ProgressDisplay.Run(Console, mine.Count, progress =>
        {
            foreach (var (input, output) in mine)
                WriteFile(run, input, output, new Fingerprint(command, model, "", allOptions), progress, cancellationToken);
        });
    }

    private void WriteFile(TableRun run, string input, string output, Fingerprint made, IProgressDisplay progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var of = IsStream ? null : made with { Input = Fingerprint.Hash(input) };
        if (!Overwrite && File.Exists(output))
        {
            if (of is null)
                throw new ToolException($"{output}: expected no file for the rows of standard input, found one; --overwrite replaces it.");
            if (ExistingOutput.IsDone(output, of, Console))
            {
                progress.Skip(input);
                return;
            }
        }

        using var reader = TableFile.Open(input, Console);
        using var file = new OutputFile(output);
        progress.Begin(input, reader.RowCount);
        run.Run(
            reader, of?.ToMetadata() ?? new Dictionary<string, string>(), schema => TableFile.Create(file.Stream, GetFormat(output, input), schema),
            progress.Advance, long.MaxValue, cancellationToken);
        file.Commit();
        progress.End();
    }

    private void WriteStream(TableRun run, CancellationToken cancellationToken)
    {
        if (Inputs.Count > 1)
            throw new ToolException($"--output -: expected one input, found {Inputs.Count}.");
        if (Format is not (null or TableFormat.ArrowStream))
            throw new ToolException($"--format: expected {nameof(TableFormat.ArrowStream)} for standard output, found {Format}.");
        if (Console.IsOutputTerminal)
            throw new ToolException("Expected standard output to be a pipe or a file, which takes an Arrow stream, found a terminal; --output FILE writes a file.");
        using var reader = TableFile.Open(Inputs[0], Console);
        using var output = Console.OpenOutput();
        run.Run(reader, new Dictionary<string, string>(), schema => TableFile.Create(output, TableFormat.ArrowStream, schema), _ => { }, long.MaxValue, cancellationToken);
    }

    private void Show(TableRun run, CancellationToken cancellationToken)
    {
        using var reader = TableFile.Open(Inputs[0], Console);
        var shown = new ShownTable(Console);
        run.Run(reader, new Dictionary<string, string>(), shown.Begin, _ => { }, ShownRows, cancellationToken);
        if (Inputs.Count > 1 || reader.RowCount is not { } rows || rows > ShownRows)
            Console.Error.WriteLine($"ntd: the first {ShownRows} rows of {Inputs[0]}; --output FILE writes all.");
    }

    private TableFormat GetFormat(string output, string input) =>
        Format ?? TableFile.FindFormat(output) ?? TableFile.FindFormat(input) ?? TableFormat.Parquet;
}
