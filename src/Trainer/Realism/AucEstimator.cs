namespace MlNetNtd;

/// <summary>Combines the scores of several folds into one estimate.</summary>
internal static class AucEstimator
{
    private const double Coverage = 0.95;

    // The standard normal distribution's 0.975 quantile.
    private const double NormalQuantile = 1.959963984540054;

    /// <summary>Computes the mean AUC of the folds, its interval and its p-value.</summary>
    /// <param name="folds">The folds.</param>
    /// <param name="permutations">The number of permutations; 0: no p-value.</param>
    /// <param name="seed">The seed of the permutations.</param>
    /// <returns>The estimate; all NaN without folds.</returns>
    public static AucEstimate Evaluate(IReadOnlyList<FoldScores> folds, int permutations, int seed)
    {
        if (folds.Count == 0)
            return new AucEstimate(double.NaN, double.NaN, double.NaN, double.NaN);
        var value = folds.Average(fold => fold.Value);
        // The folds' test sequences are different ones.
        var error = Math.Sqrt(folds.Sum(fold => fold.GetVariance())) / folds.Count;
        var (lower, upper) = GetInterval(value, error, Math.Min(folds.Sum(fold => fold.RealKeys), folds.Sum(fold => fold.SyntheticKeys)));
        return new AucEstimate(value, lower, upper, permutations == 0 ? double.NaN : GetPValue(folds, value, permutations, seed));
    }

    private static double GetPValue(IReadOnlyList<FoldScores> folds, double value, int permutations, int seed)
    {
        var random = new Random(seed);
        var reached = 0;
        for (var i = 0; i < permutations; i++)
        {
            var sum = 0.0;
            foreach (var fold in folds)
                sum += fold.Permute(random);
            // Sums in another order may differ by rounding.
            if (sum / folds.Count >= value - 1e-12)
                reached++;
        }

        // The order as it is counts as one of the permutations (Phipson and Smyth, 2010).
        return (1.0 + reached) / (1.0 + permutations);
    }

    // On the logit scale, where the interval stays within 0 and 1.
    private static (double Lower, double Upper) GetInterval(double value, double error, int observations)
    {
        // At the ends all scores are in order and their variance is 0. The interval of a proportion (Clopper and Pearson, 1934) has a width
        // there; the kind with fewer observations counts.
        var end = Math.Pow((1 - Coverage) / 2, 1.0 / observations);
        if (value >= 1)
            return (end, 1);
        if (value <= 0)
            return (0, 1 - end);
        var (logit, width) = (Math.Log(value / (1 - value)), NormalQuantile * error / (value * (1 - value)));
        return (Logistic(logit - width), Logistic(logit + width));
    }

    private static double Logistic(double logit) => 1 / (1 + Math.Exp(-logit));
}
