using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>ntd train: trains a discriminator on tables.</summary>
internal static class TrainCommand
{
    public static Command Create(ToolConsole console)
    {
        var inputs = CommonOptions.Inputs();
        var output = new Option<string>("--output", "-o") { Description = "The model zip to write", HelpName = "FILE", Required = true };
        var validation = new Option<string[]>("--validation")
        {
            Description = "Files or patterns of rows to validate with, instead of a fraction of the inputs; may be repeated",
            HelpName = "INPUT",
        };
        var options = new Option<string?>("--options")
        {
            Description = "Options as JSON: {\"transform\": {...}, \"trainer\": {...}} with the names of docs/options.md; flags come before them",
            HelpName = "FILE",
        };
        var history = new Option<string?>("--history") { Description = "The epochs as JSON. Default: beside the model, MODEL.history.json", HelpName = "FILE" };
        var chart = new Option<string?>("--chart") { Description = "Draws the loss of each epoch into this SVG file", HelpName = "FILE" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replaces a model that exists, which is an error otherwise" };
        var columns = CommonOptions.Columns();
        var flags = new TrainingFlags();
        var command = new DescribedCommand(
            "train", "Trains a discriminator on rows with labels and saves it with its transform.",
            "ntd train 'part-*.parquet' --output model.zip --embedding-dimension 64 --max-tokens 128",
            "ntd train rows.parquet --output model.zip --options options.json --checkpoint-path training.checkpoint",
            "mpirun -n 2 ntd train rows.parquet --output model.zip --embedding-dimension 64")
        {
            inputs, output, validation, options, history, chart, overwrite, columns,
        };
        flags.AddTo(command);
        command.Describe = flags.Describe;
        command.Runs((result, cancellationToken) =>
        {
            var model = result.GetValue(output)!;
            new TableTraining(console)
            {
                Inputs = InputFiles.Find(result.GetValue(inputs)!),
                Validation = result.GetValue(validation) is { Length: > 0 } patterns ? InputFiles.Find(patterns) : [],
                Names = new ColumnNames(result.GetValue(columns) ?? []),
                Options = flags.Read(result, result.GetValue(options)),
                Model = model,
                History = result.GetValue(history) ?? TrainingHistory.GetPath(model),
                Chart = result.GetValue(chart),
                Overwrite = result.GetValue(overwrite),
            }.Run(cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }
}
