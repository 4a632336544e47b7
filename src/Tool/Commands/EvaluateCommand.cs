using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>ntd evaluate: compares scores with labels.</summary>
internal static class EvaluateCommand
{
    public static Command Create(ToolConsole console)
    {
        var inputs = CommonOptions.Inputs();
        var model = CommonOptions.Model(required: false);
        var label = new Option<string>("--label")
        {
            Description = "The column of labels: bool, one a row, or list<bool>, one a token",
            HelpName = "COLUMN",
            DefaultValueFactory = _ => NextTokenDiscriminatorTrainer.Defaults.LabelColumnName,
        };
        var chart = new Option<string?>("--chart") { Description = "Draws the AUC by position into this SVG file", HelpName = "FILE" };
        var (json, columns, shard, modelOptions) = (CommonOptions.Json(), CommonOptions.Columns(), new ShardOptions(), new ModelOptions());
        var command = new DescribedCommand(
            "evaluate", "Compares scores with labels: of rows that a model scores now, or of files that ntd score wrote.",
            "ntd evaluate labeled.parquet --model model.zip",
            "ntd evaluate labeled.parquet --model model.zip --label TokenLabels --chart auc.svg",
            "ntd evaluate 'scores/*.parquet' --json") { inputs, model, label, chart, json, columns };
        shard.AddTo(command);
        modelOptions.AddTo(command);
        command.Runs((result, cancellationToken) =>
        {
            var files = InputFiles.Find(result.GetValue(inputs)!);
            var mine = shard.Read(result, console);
            var taken = mine.Take(files);
            if (mine.Origin is { } origin)
                console.Error.WriteLine($"ntd: shard {mine.Index} of {mine.Count} ({origin}): {taken.Count} of {files.Count} files.");
            if (taken.Count == 0)
                throw new ToolException($"Expected at least one file in shard {mine.Index} of {mine.Count}, found none of the {files.Count}.");
            using var loaded = result.GetValue(model) is { } path ? modelOptions.Load(path, result, console) : null;
            var names = new ColumnNames(result.GetValue(columns) ?? []);
            var evaluation = new TableEvaluation(console, names, result.GetValue(label)!).Run(taken, loaded, cancellationToken);
            if (result.GetValue(chart) is { } chartPath)
                OutputFile.WriteText(chartPath, evaluation.DrawChart());
            if (result.GetValue(json))
                console.Out.WriteLine(evaluation.ToJson());
            else
                evaluation.Print(console);
            return ExitCode.Success;
        });
        return command;
    }
}
