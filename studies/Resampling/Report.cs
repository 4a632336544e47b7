namespace MlNetNtd.Studies.Resampling;

/// <summary>The outcomes of some seeds, compared.</summary>
internal static class Report
{
    private const double Level = 0.05;

    /// <summary>The lines of one seed.</summary>
    public static IEnumerable<string> CreateSeedLines(int seed, IReadOnlyList<ArmResult> arms)
    {
        yield return $"Seed {seed}: AUC of the judge of trees, of the recurrent judge, next-word loss, JS divergence of 3-grams, µs a word";
        foreach (var arm in arms)
            yield return $"  {arm.Name,-26} {arm.TreesAuc:F3}  {arm.RecurrentAuc:F3}  {arm.Loss:F3}  {arm.Divergence:F3}  {arm.Microseconds,6:F1}  {arm.Note}".TrimEnd();
    }

    /// <summary>The means, then each arm less the generator with its interval and p, corrected by Holm for all comparisons.</summary>
    public static IEnumerable<string> CreateLines(IReadOnlyList<IReadOnlyList<ArmResult>> outcomes)
    {
        string[] arms = [.. outcomes[0].Select(arm => arm.Name)];
        yield return $"{outcomes.Count} seeds, means: AUC of the judge of trees, of the recurrent judge, next-word loss (perplexity), JS divergence of 3-grams, time in multiples of the generator's own";
        for (var arm = 0; arm < arms.Length; arm++)
        {
            var loss = Mean(arm, result => result.Loss);
            yield return $"  {arms[arm],-26} {Mean(arm, result => result.TreesAuc):F3}  {Mean(arm, result => result.RecurrentAuc):F3}  {loss:F3} ({Math.Exp(loss):F1})  {Mean(arm, result => result.Divergence):F3}  "
                + $"{Mean(arm, result => result.Microseconds) / Mean(0, result => result.Microseconds):F1}";
        }

        // One seed has no spread to compare with.
        if (outcomes.Count < 2)
            yield break;
        var comparisons = Enumerable.Range(1, arms.Length - 1)
            .SelectMany(arm => ArmResult.Measures.Select(measure => (Name: $"{arms[arm]}, {measure.Name}", Differences: Differences(arm, measure.Value))))
            .Select(one => (one.Name, Interval: Interval.Estimate(one.Differences), P: PairedTest.GetP(one.Differences)))
            .ToArray();
        var corrected = PairedTest.CorrectByHolm([.. comparisons.Select(one => one.P)]);
        yield return "Less the generator, mean and 95% interval, p of a paired t-test after Holm's correction:";
        for (var i = 0; i < comparisons.Length; i++)
        {
            var (name, interval, _) = comparisons[i];
            yield return $"  {name,-52} {interval.Mean:+0.000;-0.000;0.000}  {interval.Mean - interval.HalfWidth:+0.000;-0.000;0.000} to {interval.Mean + interval.HalfWidth:+0.000;-0.000;0.000}"
                + $"  p {corrected[i]:F4}{(corrected[i] < Level ? " *" : "")}";
        }

        double Mean(int arm, Func<ArmResult, double> value) => outcomes.Average(outcome => value(outcome[arm]));
        double[] Differences(int arm, Func<ArmResult, double> value) => [.. outcomes.Select(outcome => value(outcome[arm]) - value(outcome[0]))];
    }
}
