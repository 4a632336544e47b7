using MlNetNtd.Studies.TextGan;

namespace MlNetNtd.Studies.Sweep;

/// <summary>
/// Random search whose worse half is stopped at each rung. Successive halving: Jamieson and Talwalkar, Non-stochastic Best Arm
/// Identification and Hyperparameter Optimization (arXiv 1502.07943).
/// </summary>
internal static class SuccessiveHalving
{
    /// <summary>Draws the trials: the default options first, then random ones.</summary>
    public static Trial[] DrawTrials(Hyperparameters hyperparameters, SweepSeeds seeds) =>
    [
        .. Enumerable.Range(0, hyperparameters.Trials).Select(number => new Trial(number, () =>
        {
            var options = number == 0 ? new() : SearchSpace.Draw(seeds.Options(number));
            (options.LabelColumnName, options.Epochs, options.Seed) = (nameof(GanRow.TokenLabels), hyperparameters.Epochs, seeds.Training(number));
            options.Engine = hyperparameters.Engine;
            return options;
        })),
    ];

    /// <summary>Trains all trials to the first rung, half of them to the next, and so on.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="rungs">The epochs after which half of the remaining trials are stopped.</param>
    /// <param name="train">Trains trials to an epoch.</param>
    /// <param name="output">Receives a line for each rung.</param>
    /// <returns>The trials that came to the end, best first.</returns>
    public static Trial[] Run(IReadOnlyList<Trial> trials, IReadOnlyList<int> rungs, Action<IReadOnlyList<Trial>, int> train, TextWriter output)
    {
        var remaining = trials.ToArray();
        foreach (var epoch in rungs)
        {
            train(remaining, epoch);
            Trial[] survivors = [.. SelectSurvivors(remaining.ToDictionary(trial => trial.Number, trial => trial.GetLoss(epoch))).Select(number => trials[number])];
            output.WriteLine($"After epoch {epoch}: {survivors.Length} of {remaining.Length} trials continue; "
                + $"the lowest validation loss is {survivors[0].GetLoss(epoch):F3} (trial {survivors[0].Number})");
            remaining = survivors;
        }

        train(remaining, int.MaxValue);
        return [.. remaining.Where(trial => trial.Ended).OrderBy(trial => trial.GetLoss()).ThenBy(trial => trial.Number)];
    }

    /// <summary>Selects the better half of the trials, rounded up, best first; equal losses rank by number.</summary>
    /// <param name="losses">The losses by trial.</param>
    public static IEnumerable<int> SelectSurvivors(IReadOnlyDictionary<int, double> losses) =>
        losses.OrderBy(loss => loss.Value).ThenBy(loss => loss.Key).Take((losses.Count + 1) / 2).Select(loss => loss.Key);
}
