namespace MlNetNtd.Examples.Sweep;

/// <summary>Which trial is better than which.</summary>
internal static class Ranking
{
    /// <summary>
    /// The best first. One that was stopped at a rung stands behind those that went on; within the same, the lower loss
    /// counts, and among equals the lower number.
    /// </summary>
    public static IEnumerable<TrialRecord> Of(IEnumerable<TrialRecord> trials) => trials
        .OrderBy(trial => trial.Failure is not null)
        .ThenByDescending(trial => trial.Ended)
        .ThenByDescending(trial => trial.Ended ? 0 : trial.Epochs)
        .ThenBy(trial => trial.Loss)
        .ThenBy(trial => trial.Trial);
}
