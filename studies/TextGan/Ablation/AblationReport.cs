namespace MlNetNtd.Studies.TextGan;

/// <summary>The outcomes of an ablation, compared.</summary>
internal static class AblationReport
{
    /// <summary>The next-word loss, in nats per word, that a gain elsewhere may cost.</summary>
    private const double MaxLossIncrease = 0.02;

    /// <summary>A line for each measure (with minus without, and the 95% interval of the mean), then a summary.</summary>
    public static IEnumerable<string> CreateLines(IReadOnlyList<AblationOutcome> outcomes)
    {
        var differences = ArmResult.Measures.Select(measure => (measure.Name, Difference: Compare(measure.Value))).ToArray();
        yield return $"{outcomes.Count} seeds, with minus without, 95% interval (Student's t, pairs of arms; *: without zero):";
        foreach (var (name, difference) in differences)
        {
            yield return $"  {name,-26} {difference.Mean:+0.0000;-0.0000}  {difference.Mean - difference.HalfWidth:F4} to {difference.Mean + difference.HalfWidth:F4}"
                + (difference.ExcludesZero ? " *" : "");
        }

        string[] better = [.. differences.Where(one => one.Difference is { ExcludesZero: true, Mean: < 0 }).Select(one => one.Name)];
        string[] worse = [.. differences.Where(one => one.Difference is { ExcludesZero: true, Mean: > 0 }).Select(one => one.Name)];
        var loss = Compare(result => result.HeldOutLoss).Mean;
        yield return $"ablation: better in {better.Length} of {differences.Length} measures ({List(better)}), worse in {worse.Length} ({List(worse)}); "
            + $"next-word loss {loss:+0.0000;-0.0000} nats, {(loss <= MaxLossIncrease ? "within" : "beyond")} {MaxLossIncrease}";

        Interval Compare(Func<ArmResult, double> value) => Interval.Estimate([.. outcomes.Select(outcome => value(outcome.With) - value(outcome.Without))]);
        static string List(string[] names) => names.Length == 0 ? "none" : string.Join("; ", names);
    }
}
