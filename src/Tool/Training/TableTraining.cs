using Microsoft.ML;

namespace MlNetNtd.Tool;

/// <summary>Trains on tables: the transform, then the trainer.</summary>
internal sealed class TableTraining(ToolConsole console)
{
    // What mpirun and srun set for each process.
    private static readonly string[] WorldSizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"];

    public required IReadOnlyList<string> Inputs { get; init; }

    public required IReadOnlyList<string> Validation { get; init; }

    public required ColumnNames Names { get; init; }

    public required TrainingOptions Options { get; init; }

    public required string Model { get; init; }

    public required string History { get; init; }

    public required string? Chart { get; init; }

    public required bool Overwrite { get; init; }

    /// <summary>Trains and saves the model.</summary>
    /// <exception cref="ToolException">An input, an option, or a model that exists is at fault.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        if (Inputs.Concat(Validation).Contains(TableFile.Standard))
            throw new ToolException("Expected files, which are read once an epoch, found standard input.");
        if (File.Exists(Model) && !Overwrite)
            throw new ToolException($"{Model}: expected no file, found one; --overwrite replaces it.");
        using var group = WorldSizes.Any(name => console.Environment(name) is { } size && size != "1") ? MpiProcessGroup.Initialize() : null;
        Options.Trainer.ProcessGroup = group;
        var files = Options.Trainer.InputIsSharded && group is not null ? new Shard(group.Rank + 1, group.WorldSize, null).Take(Inputs) : Inputs;
        if (files.Count == 0)
            throw new ToolException($"Expected at least one input a process, found {Inputs.Count} for {group!.WorldSize}.");
        var source = new FileTableSource(files, console);
        try
        {
            Train(source, group, cancellationToken);
        }
        catch (InvalidRowException e)
        {
            throw TableRun.RowError(source, Names, e);
        }
        catch (ArgumentException e)
        {
            throw new ToolException(ErrorText.WithoutParameter(e), e);
        }
        catch (OperationCanceledException) when (Options.Trainer.CheckpointPath is { Length: > 0 } checkpoint)
        {
            throw new OperationCanceledException($"{CommandLine.Interrupted}; the same command goes on from {checkpoint}.");
        }
    }

    private void Train(FileTableSource source, MpiProcessGroup? group, CancellationToken cancellationToken)
    {
        var context = LoadedModel.CreateContext(message => CommandLine.Report(console, $"warning: {message}"), Options.Trainer.Seed);
        var rows = new TableDataView(source, Names);
        var isMain = group is null or { Rank: 0 };
        using var display = new TrainingDisplay(console, isDrawn: isMain && console.IsErrorTerminal);
        var trainer = context.BinaryClassification.Trainers.NextTokenDiscriminator(Options.Trainer, display.Report, display, cancellationToken);
        var transform = context.Transforms.NextTokenDiscriminator(Options.Transform);
        using var model = Validation.Count == 0
            ? transform.Append(trainer).Fit(rows)
            : trainer.Fit(transform, rows, new TableDataView(new FileTableSource(Validation, console), Names));
        if (!isMain)
            return;
        OutputFile.Write(Model, stream => context.Model.Save(model, rows.Schema, stream));
        var history = model.LastTransformer.History;
        TrainingHistory.Write(History, history);
        if (Chart is not null)
            OutputFile.WriteText(Chart, TrainingHistory.DrawChart(history));
        // The model is whole, so nothing is left to go on from.
        if (Options.Trainer.CheckpointPath is { Length: > 0 } checkpoint)
            File.Delete(checkpoint);
        display.Finish(Model, history);
    }
}
