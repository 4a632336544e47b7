namespace MlNetNtd.Studies.Realism;

/// <summary>The outcome of a comparison with one seed.</summary>
/// <param name="Comparison">The comparison's name.</param>
/// <param name="Discriminator">The discriminator's test.</param>
/// <param name="Baseline">The test by LightGbm on lags.</param>
/// <param name="Found">How often the faulty step is among the first three of the report's evidence, 0 to 1; NaN without faults.</param>
/// <param name="FoundBySurprise">The same for the steps that a vector autoregression expects least.</param>
internal sealed record Outcome(string Comparison, AucEstimate Discriminator, AucEstimate Baseline, double Found, double FoundBySurprise)
{
    /// <summary>The number of steps among which the faulty one is looked for.</summary>
    public const int FirstSteps = 3;

    /// <summary>Evaluates a comparison.</summary>
    public static Outcome Evaluate(Study study, Comparison comparison, int seed, RealismOptions? options = null)
    {
        var report = comparison.Evaluate(seed, options);
        var (found, foundBySurprise) = comparison.Faults is not { } faults
            ? (double.NaN, double.NaN)
            : (report.Evidence.Zip(faults).Average(pair => pair.First.LeastRealSteps(FirstSteps).Contains(pair.Second) ? 1.0 : 0),
                study.RankBySurprise(comparison.Synthetic).Zip(faults).Average(pair => pair.First.Take(FirstSteps).Contains(pair.Second) ? 1.0 : 0));
        return new Outcome(comparison.Name, report.Discriminator, report.Baseline, found, foundBySurprise);
    }
}
