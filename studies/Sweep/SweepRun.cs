using TorchSharp;

namespace MlNetNtd.Studies.Sweep;

/// <summary>
/// A sweep: the trials, then the default options and the finalists trained again, with seeds that no trial had, and evaluated on rows
/// that no trial saw. The validation rows choose the best of them. So neither a lucky seed nor the rows of the search count for it.
/// </summary>
internal static class SweepRun
{
    /// <summary>Runs a sweep.</summary>
    /// <param name="task">The rows.</param>
    /// <param name="hyperparameters">The sizes.</param>
    /// <param name="seeds">The seeds.</param>
    /// <param name="parallel">How many trials train at a time, which changes no result.</param>
    /// <param name="output">Receives the results.</param>
    /// <exception cref="InvalidOperationException">No trial came to its end.</exception>
    public static SweepResult Run(WordTask task, Hyperparameters hyperparameters, SweepSeeds seeds, int parallel, TextWriter output)
    {
        torch.set_num_threads(1);
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel };
        var trials = SuccessiveHalving.DrawTrials(hyperparameters, seeds);
        var checkpoints = Directory.CreateTempSubdirectory("mlnetntd-sweep-");
        Trial[] ranked;
        try
        {
            ranked = SuccessiveHalving.Run(
                trials, hyperparameters.Rungs, (some, epoch) => Parallel.ForEach(some, options, trial => trial.TrainTo(task, epoch, checkpoints.FullName)), output);
        }
        finally
        {
            checkpoints.Delete(recursive: true);
        }

        Trial[] finalists = [.. ranked.Take(hyperparameters.Finalists)];
        if (finalists.Length == 0)
            throw new InvalidOperationException($"No trial came to its end: {trials.First(trial => trial.Failure is not null).Failure}");
        var jobs = finalists.Prepend(trials[0]).Distinct().SelectMany(trial => Enumerable.Range(0, hyperparameters.FinalSeeds).Select(seed => (trial, seed))).ToArray();
        var results = new FinalResult[jobs.Length];
        Parallel.For(0, jobs.Length, options, i => results[i] = jobs[i].trial.TrainFinal(task, seeds.Final(jobs[i].seed)));
        return new SweepResult(trials, ranked, results, SelectBest(results, [.. finalists.Select(trial => trial.Number)]));
    }

    /// <summary>Selects the finalist with the lowest mean validation loss over the final seeds.</summary>
    public static int SelectBest(IReadOnlyList<FinalResult> results, IReadOnlyList<int> finalists) =>
        finalists.MinBy(trial => results.Where(result => result.Trial == trial).Average(result => result.Loss));
}

/// <summary>The result of a sweep.</summary>
/// <param name="Trials">All trials by number.</param>
/// <param name="Ranked">The trials that came to the end, best first.</param>
/// <param name="Finals">The final trainings.</param>
/// <param name="Best">The number of the best finalist.</param>
internal sealed record SweepResult(IReadOnlyList<Trial> Trials, IReadOnlyList<Trial> Ranked, IReadOnlyList<FinalResult> Finals, int Best)
{
    /// <summary>Gets the AUC of a trial's options, a value for each final seed.</summary>
    public double[] GetAuc(int trial) => [.. Finals.Where(final => final.Trial == trial).Select(final => final.Auc)];
}
