using System.Globalization;
using Spectre.Console;

namespace MlNetNtd.Examples.Sweep;

/// <summary>The trials, best first: those that came further before those that were stopped earlier.</summary>
internal static class TrialTable
{
    /// <param name="screen">Where to.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="dimension">C.</param>
    public static void Print(Screen screen, IReadOnlyList<TrialRecord> trials, int dimension)
    {
        var table = new Table();
        table.AddColumns("trial", "D", "layers", "heads", "inner", "drop", "rate", "decay", "warm", "B", "epochs", "loss");
        foreach (var trial in Ranking.Of(trials))
        {
            var options = trial.Options;
            // What is left to defaults is shown as what comes of it.
            var shape = new DiscriminatorConfig
            {
                EmbeddingDimension = dimension,
                MaxTokens = 1,
                ModelDimension = options.ModelDimension,
                Heads = options.Heads,
                FeedForwardDimension = options.FeedForwardDimension,
            }.Resolve();
            table.AddRow(
                trial.Trial == TrialRecord.Default ? "default" : $"{trial.Trial}",
                $"{shape.ModelDimension}", $"{options.Layers}", $"{shape.Heads}", $"{shape.FeedForwardDimension}",
                Number(options.Dropout), options.LearningRate.ToString("0.#e-0", CultureInfo.InvariantCulture),
                Number(options.WeightDecay), Number(options.WarmupFraction), $"{options.BatchSize}", $"{trial.Epochs}",
                trial.Failure is null ? Screen.Number(trial.Loss) : "failed");
        }

        screen.Table(table);
    }

    private static string Number(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);
}
