namespace MlNetNtd.Examples.Sweep;

/// <summary>The trials as curves, and the end beside it.</summary>
internal static class TrialChart
{
    /// <summary>An SVG document.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="best">The best of them.</param>
    /// <param name="outcome">The end.</param>
    /// <param name="pairAuc">What counting pairs reaches on the same rows.</param>
    public static string Draw(IReadOnlyList<TrialRecord> trials, int best, Outcome outcome, double pairAuc) => SvgChart.Draw(
    [
        new Panel($"{trials.Count} trials, half of them stopped at each rung",
        [
            .. trials.Where(trial => trial.Trial != best && trial.Trial != TrialRecord.Default)
                .Select(trial => new Series("", trial.Losses) { IsFaint = true }),
            new Series("default options", trials[TrialRecord.Default].Losses),
            .. best == TrialRecord.Default ? Array.Empty<Series>() : [new Series($"trial {best}, the best", trials[best].Losses)],
        ])
        { XName = "epoch", YName = "validation loss, nats" },
        new Panel("In the end: rows that no trial saw",
        [
            new Series("default options", outcome.Default),
            new Series($"trial {best}, the best", outcome.Best),
        ])
        { XName = "seed", YName = "AUC", Levels = [new Level("pairs counted", pairAuc)] },
    ]);
}
