using System.Globalization;

namespace MlNetNtd.Studies.Imitation;

/// <summary>The metrics of all seeds in words: means, and the range over seeds.</summary>
internal static class Report
{
    /// <summary>A line for each learner of a seed.</summary>
    public static IEnumerable<string> CreateSeedLines(int seed, SeedResult result)
    {
        yield return $"{$"Seed {seed}",-25}{"success",9}{"disturbed",11}{"left",6}{"fresh AUC",11}{"CPU s",8}";
        foreach (var (name, trial, seconds) in result.Learners)
        {
            yield return $"{name,-25}{Format(100 * trial.Success, "F1"),9}{Format(100 * trial.DisturbedSuccess, "F1"),11}{Format(100 * trial.LeftFraction, "F0"),6}"
                + $"{Format(trial.FreshAuc, "F2"),11}{Format(seconds, "F1"),8}";
        }
    }

    /// <summary>A line for each learner, then the adversarial learners less the mixture-density network, then a summary.</summary>
    public static IEnumerable<string> CreateLines(IReadOnlyList<SeedResult> results)
    {
        yield return $"{"% (least-most of seeds)",-25}{"success",-17}{"disturbed",-17}{"left",-17}{"fresh AUC",-17}CPU s";
        foreach (var name in results[0].Learners.Select(learner => learner.Name))
        {
            Trial[] trials = [.. results.Select(result => result[name])];
            yield return $"{name,-25}{Percent(trials, trial => trial.Success),-17}{Percent(trials, trial => trial.DisturbedSuccess),-17}"
                + $"{Percent(trials, trial => trial.LeftFraction),-17}{Range([.. trials.Select(trial => trial.FreshAuc)], "F2"),-17}"
                + Range([.. results.Select(result => result.Learners.Single(learner => learner.Name == name).Seconds)], "F1");
        }

        foreach (var name in new[] { SeedResult.Adversarial, SeedResult.OnPolicy })
        {
            yield return $"{name} less {SeedResult.Mixture}, points (95% interval): success {Difference(name, trial => trial.Success)}, "
                + $"disturbed {Difference(name, trial => trial.DisturbedSuccess)}";
        }

        // On-policy counts from disturbed starts, which it is for.
        yield return $"success: cloning {Mean(SeedResult.Cloning, trial => trial.Success)}% adversarial {Mean(SeedResult.Adversarial, trial => trial.Success)}% "
            + $"on-policy {Mean(SeedResult.OnPolicy, trial => trial.DisturbedSuccess)}% mixture {Mean(SeedResult.Mixture, trial => trial.Success)}%; "
            + $"left share: experts {Mean(SeedResult.Experts, trial => trial.LeftFraction)}% adversarial {Mean(SeedResult.Adversarial, trial => trial.LeftFraction)}%";

        string Difference(string learner, Func<Trial, double> metric)
        {
            var interval = Interval.Estimate([.. results.Select(result => 100 * (metric(result[learner]) - metric(result[SeedResult.Mixture])))]);
            // One seed has no interval.
            var bounds = double.IsFinite(interval.HalfWidth)
                ? string.Create(
                    CultureInfo.InvariantCulture, $" ({interval.Mean - interval.HalfWidth:+0.0;-0.0;0.0} to {interval.Mean + interval.HalfWidth:+0.0;-0.0;0.0})")
                : "";
            return string.Create(CultureInfo.InvariantCulture, $"{interval.Mean:+0.0;-0.0;0.0}{bounds}");
        }

        // A learner that never passed the obstacle has no left fraction.
        string Mean(string learner, Func<Trial, double> metric) =>
            (100 * results.Select(result => metric(result[learner])).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()).ToString("0.#", CultureInfo.InvariantCulture);
    }

    private static string Percent(Trial[] trials, Func<Trial, double> metric) => Range([.. trials.Select(trial => 100 * metric(trial))], "F0");

    private static string Range(double[] values, string format)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        return known.Length == 0 ? "-" : $"{Format(known.Average(), format)} ({Format(known.Min(), format)}-{Format(known.Max(), format)})";
    }

    // Experts have no disturbed starts and no training.
    private static string Format(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
}
