namespace MlNetNtd.Studies.TextGan;

/// <summary>The outcomes of an ablation, compared.</summary>
internal static class AblationReport
{
    private const double Level = 0.05;

    private const string Header = "judge AUC  fresh AUC  JS 1-grams  2-grams  3-grams  repetition    loss  entropy";

    /// <summary>A line for each arm of a seed.</summary>
    public static IEnumerable<string> CreateSeedLines(int seed, IReadOnlyList<ArmResult> arms)
    {
        yield return $"{$"Seed {seed}",-26} {Header}";
        for (var arm = 0; arm < arms.Count; arm++)
            yield return CreateLine([arms], arm);
    }

    /// <summary>
    /// The means, then each arm less the first with its interval and p, corrected by Holm for all comparisons, then a summary of each arm.
    /// </summary>
    public static IEnumerable<string> CreateLines(IReadOnlyList<IReadOnlyList<ArmResult>> outcomes)
    {
        string[] arms = [.. outcomes[0].Select(arm => arm.Name)];
        yield return $"{$"{outcomes.Count} seeds, means",-26} {Header}";
        for (var arm = 0; arm < arms.Length; arm++)
            yield return CreateLine(outcomes, arm);
        // One seed has no spread to compare with.
        if (outcomes.Count < 2)
            yield break;

        var comparisons = Enumerable.Range(1, arms.Length - 1)
            .SelectMany(arm => ArmResult.Measures.Select(measure => (Arm: arms[arm], Measure: measure.Name, Differences: Subtract(outcomes, arm, measure.Value))))
            .Select(one => (one.Arm, one.Measure, Interval: Interval.Estimate(one.Differences), P: PairedTest.GetP(one.Differences)))
            .ToArray();
        var corrected = PairedTest.CorrectByHolm([.. comparisons.Select(one => one.P)]);
        yield return $"Less {arms[0]}, mean and 95% interval, p of a paired t-test after Holm's correction of {comparisons.Length}; less is better:";
        foreach (var (i, (arm, measure, interval, _)) in comparisons.Index())
        {
            yield return $"  {arm,-26} {measure,-26} {interval.Mean:+0.0000;-0.0000}  {interval.Mean - interval.HalfWidth:+0.0000;-0.0000} to {interval.Mean + interval.HalfWidth:+0.0000;-0.0000}"
                + $"  p {corrected[i]:F4}{(corrected[i] < Level ? " *" : "")}";
        }

        foreach (var arm in arms.Skip(1))
        {
            var found = comparisons.Index().Where(one => one.Item.Arm == arm && corrected[one.Index] < Level).Select(one => one.Item).ToArray();
            yield return $"{arm}: better in {List(found.Where(one => one.Interval.Mean < 0))}, worse in {List(found.Where(one => one.Interval.Mean > 0))}";
        }

        static string List(IEnumerable<(string Arm, string Measure, Interval Interval, double P)> found)
        {
            string[] names = [.. found.Select(one => one.Measure)];
            return $"{names.Length} of {ArmResult.Measures.Count} measures" + (names.Length == 0 ? "" : $" ({string.Join("; ", names)})");
        }
    }

    private static string CreateLine(IReadOnlyList<IReadOnlyList<ArmResult>> outcomes, int arm)
    {
        return $"  {outcomes[0][arm].Name,-24} {Mean(one => one.JudgeAuc),9:F3}  {Mean(one => one.FreshAuc),9:F3}  {Mean(one => one.Divergence[0]),10:F4}  {Mean(one => one.Divergence[1]),7:F4}  "
            + $"{Mean(one => one.Divergence[2]),7:F4}  {Mean(one => one.Repetition),10:F4}  {Mean(one => one.HeldOutLoss),6:F3}  {Mean(one => one.Entropy),7:F3}";

        double Mean(Func<ArmResult, double> value) => outcomes.Average(outcome => value(outcome[arm]));
    }

    private static double[] Subtract(IReadOnlyList<IReadOnlyList<ArmResult>> outcomes, int arm, Func<ArmResult, double> value) =>
        [.. outcomes.Select(outcome => value(outcome[arm]) - value(outcome[0]))];
}
