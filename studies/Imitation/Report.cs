using System.Globalization;

namespace MlNetNtd.Studies.Imitation;

/// <summary>The metrics of all seeds in words: means, and the range over seeds.</summary>
internal static class Report
{
    /// <summary>A line for each learner, then a summary. On-policy counts from disturbed starts, which it is for.</summary>
    public static IEnumerable<string> CreateLines(IReadOnlyList<SeedResult> results)
    {
        yield return $"{"% (least-most of seeds)",-25}{"success",-17}{"disturbed",-17}{"left",-17}AUC of a fresh discriminator";
        foreach (var (name, trialOf) in Learners)
        {
            Trial[] trials = [.. results.Select(trialOf)];
            yield return $"{name,-25}{Percent(trials, trial => trial.Success),-17}{Percent(trials, trial => trial.DisturbedSuccess),-17}"
                + $"{Percent(trials, trial => trial.LeftFraction),-17}{Range([.. trials.Select(trial => trial.FreshAuc)], "F2")}";
        }

        yield return $"success: cloning {Mean(result => result.Cloning.Success)}% adversarial {Mean(result => result.Adversarial.Success)}% "
            + $"on-policy {Mean(result => result.OnPolicy.DisturbedSuccess)}%; "
            + $"left share: experts {Mean(result => result.Experts.LeftFraction)}% adversarial {Mean(result => result.Adversarial.LeftFraction)}%";

        // A learner that never passed the obstacle has no left fraction.
        string Mean(Func<SeedResult, double> metric) =>
            (100 * results.Select(metric).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()).ToString("0.#", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<(string Name, Func<SeedResult, Trial> TrialOf)> Learners =>
    [
        ("experts", result => result.Experts), ("cloning", result => result.Cloning),
        ("adversarial", result => result.Adversarial), ("on-policy", result => result.OnPolicy),
    ];

    private static string Percent(Trial[] trials, Func<Trial, double> metric) => Range([.. trials.Select(trial => 100 * metric(trial))], "F0");

    private static string Range(double[] values, string format)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        return known.Length == 0 ? "-" : $"{Format(known.Average())} ({Format(known.Min())}-{Format(known.Max())})";

        string Format(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
