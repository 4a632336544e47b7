namespace MlNetNtd.Studies.Sweep;

/// <summary>The result of a sweep in words and as a chart.</summary>
internal static class Report
{
    /// <summary>A line for each trial, the comparison on rows that no trial saw, and a summary.</summary>
    public static IEnumerable<string> CreateLines(SweepResult result, int dimension, double pairAuc)
    {
        yield return "trial     D  layers  heads  inner  dropout     rate  decay  warmup    B  epochs   loss";
        var stopped = result.Trials.Except(result.Ranked)
            .OrderBy(trial => trial.Failure is not null).ThenByDescending(trial => trial.Losses.Count).ThenBy(trial => trial.GetLoss());
        foreach (var trial in result.Ranked.Concat(stopped))
        {
            var options = trial.Options;
            // Resolves the options that are left to their defaults.
            var config = new DiscriminatorConfig
            {
                EmbeddingDimension = dimension,
                MaxTokens = 1,
                ModelDimension = options.ModelDimension,
                Heads = options.Heads,
                FeedForwardDimension = options.FeedForwardDimension,
            }.Resolve();
            yield return $"{(trial.Number == 0 ? "default" : $"{trial.Number}"),-7} {config.ModelDimension,3} {options.Layers,7} {config.Heads,6} "
                + $"{config.FeedForwardDimension,6} {options.Dropout,8:0.#####} {options.LearningRate,8:0.#e-0} {options.WeightDecay,6:0.#####} "
                + $"{options.WarmupFraction,7:0.#####} {options.BatchSize,4} {trial.Losses.Count,7}  {(trial.Failure is null ? $"{trial.GetLoss():F3}" : "failed")}";
        }

        var (byDefault, best) = (result.GetAuc(0), result.GetAuc(result.Best));
        yield return $"On rows that no trial saw, AUC over tokens, {byDefault.Length} seeds:";
        yield return $"  default options: mean {byDefault.Average():F3}, {byDefault.Min():F3} to {byDefault.Max():F3}";
        yield return $"  trial {result.Best}: mean {best.Average():F3}, {best.Min():F3} to {best.Max():F3}; "
            + $"gain by seed {string.Join(", ", best.Zip(byDefault, (one, other) => $"{one - other:+0.000;-0.000}"))}";
        yield return $"  pairs counted: {pairAuc:F3}";
        yield return $"default AUC {byDefault.Average():F3}; best AUC {best.Average():F3} of {result.Trials.Count} trials";
    }

    /// <summary>Writes the validation losses of all trials as an SVG file.</summary>
    public static void SaveChart(SweepResult result, string path)
    {
        var chart = Charts.CreateLines(
            $"{result.Trials.Count} trials, half of them stopped at each rung", "epoch", "validation loss, nats", first: 1,
            result.Trials.Select(trial => (trial.Number == 0 ? "default options" : $"trial {trial.Number}", trial.Losses)));
        Charts.Save(path, chart);
    }
}
