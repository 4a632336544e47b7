namespace MlNetNtd;

/// <summary>Figures of scored tokens that need all of them.</summary>
internal static class TokenMetricsCalculator
{
    // As many as Guo et al. (2017) have, who named the figure.
    private const int CalibrationBins = 15;

    /// <summary>Counts labels by predictions.</summary>
    public static TokenConfusionMatrix GetConfusionMatrix(IEnumerable<(float Logit, bool Label, float Weight)> tokens)
    {
        var (truePositives, falsePositives, falseNegatives, trueNegatives) = (0, 0, 0, 0);
        foreach (var (logit, label, _) in tokens)
        {
            if (logit > 0)
                _ = label ? truePositives++ : falsePositives++;
            else
                _ = label ? falseNegatives++ : trueNegatives++;
        }

        return new TokenConfusionMatrix(truePositives, falsePositives, falseNegatives, trueNegatives);
    }

    /// <summary>
    /// The area under the curve of precision over recall by the lower trapezoid, ML.NET's estimator (Boyd, Eng and Page, 2013). Tokens of
    /// one score are one step, so that the order in which they come makes no difference. NaN where none is true.
    /// </summary>
    public static double GetAreaUnderPrecisionRecallCurve(IReadOnlyCollection<(float Logit, bool Label, float Weight)> tokens)
    {
        double positives = tokens.Count(token => token.Label);
        if (positives == 0)
            return double.NaN;
        var (area, trueOnes, falseOnes, precision) = (0.0, 0, 0, 1.0);
        foreach (var step in tokens.GroupBy(token => token.Logit).OrderByDescending(step => step.Key))
        {
            var trueHere = step.Count(token => token.Label);
            trueOnes += trueHere;
            falseOnes += step.Count() - trueHere;
            var precisionHere = (double)trueOnes / (trueOnes + falseOnes);
            area += trueHere / positives * (precision + precisionHere) / 2;
            precision = precisionHere;
        }

        return area;
    }

    /// <summary>
    /// How far probabilities are from the shares of true tokens: the mean, over the tokens, of the distance of the two in the token's bin
    /// of 15 equally wide bins of probability. NaN of nothing.
    /// </summary>
    public static double GetExpectedCalibrationError(IReadOnlyCollection<(float Logit, bool Label, float Weight)> tokens)
    {
        Span<double> gaps = stackalloc double[CalibrationBins];
        gaps.Clear();
        foreach (var (logit, label, _) in tokens)
        {
            var probability = RowScores.Logistic(logit);
            gaps[Math.Min(CalibrationBins - 1, (int)(probability * CalibrationBins))] += probability - (label ? 1 : 0);
        }

        var sum = 0.0;
        foreach (var gap in gaps)
            sum += Math.Abs(gap);
        return sum / tokens.Count;
    }
}
