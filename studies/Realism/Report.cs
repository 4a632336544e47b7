using System.Globalization;

namespace MlNetNtd.Studies.Realism;

/// <summary>The outcomes as lines of text.</summary>
internal static class Report
{
    private const double Level = 0.05;

    /// <summary>The line of one outcome.</summary>
    public static string CreateLine(int seed, Outcome outcome)
    {
        var line = FormattableString.Invariant($"seed {seed}, {outcome.Comparison}: AUC {outcome.Discriminator}; LightGbm on lags {outcome.Baseline}");
        return double.IsNaN(outcome.Found)
            ? line
            : line + FormattableString.Invariant($"; faulty step among the first {Outcome.FirstSteps}: {outcome.Found:P0}, by surprise {outcome.FoundBySurprise:P0}");
    }

    /// <summary>For each comparison: means and standard deviations over the seeds.</summary>
    public static IEnumerable<string> CreateSummary(IEnumerable<Outcome> outcomes)
    {
        yield return FormattableString.Invariant(
            $"Means and standard deviations over seeds: AUC (p below {Level} in), LightGbm on lags, faulty step among the first {Outcome.FirstSteps} (by surprise)");
        foreach (var group in outcomes.GroupBy(outcome => outcome.Comparison))
        {
            var all = group.ToList();
            var line = $"  {group.Key,-38} {Spread(all, one => one.Discriminator.Value, "F3")} ({Count(all, one => one.Discriminator)} of {all.Count})"
                + $"  {Spread(all, one => one.Baseline.Value, "F3")} ({Count(all, one => one.Baseline)} of {all.Count})";
            yield return double.IsNaN(all[0].Found)
                ? line
                : $"{line}  {Spread(all, one => one.Found, "P0")} ({Spread(all, one => one.FoundBySurprise, "P0")})";
        }

        static int Count(List<Outcome> outcomes, Func<Outcome, AucEstimate> estimate) => outcomes.Count(outcome => estimate(outcome).PValue < Level);
    }

    private static string Spread(List<Outcome> outcomes, Func<Outcome, double> value, string format)
    {
        var interval = Interval.Estimate([.. outcomes.Select(value)]);
        return outcomes.Count < 2 ? Format(interval.Mean) : $"{Format(interval.Mean)} ± {Format(interval.Deviation)}";

        string Format(double one) => one.ToString(format, CultureInfo.InvariantCulture);
    }
}
