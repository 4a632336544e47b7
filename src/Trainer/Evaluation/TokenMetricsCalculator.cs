namespace MlNetNtd;

/// <summary>Computes metrics that need the scores of all tokens.</summary>
internal static class TokenMetricsCalculator
{
    // The number of bins in Guo et al. (2017), who introduced the metric.
    private const int CalibrationBins = 15;

    /// <summary>Counts tokens by label and prediction.</summary>
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
    /// Computes the area under the precision-recall curve with the lower trapezoid estimator, as ML.NET does (Boyd, Eng and Page, 2013).
    /// Tokens with equal scores are one step, so that their order makes no difference. NaN without positive tokens.
    /// </summary>
    public static double GetAreaUnderPrecisionRecallCurve(IReadOnlyCollection<(float Logit, bool Label, float Weight)> tokens)
    {
        double positives = tokens.Count(token => token.Label);
        if (positives == 0)
            return double.NaN;
        var (area, truePositives, falsePositives, precision) = (0.0, 0, 0, 1.0);
        foreach (var step in tokens.GroupBy(token => token.Logit).OrderByDescending(step => step.Key))
        {
            var stepPositives = step.Count(token => token.Label);
            truePositives += stepPositives;
            falsePositives += step.Count() - stepPositives;
            var stepPrecision = (double)truePositives / (truePositives + falsePositives);
            area += stepPositives / positives * (precision + stepPrecision) / 2;
            precision = stepPrecision;
        }

        return area;
    }

    /// <summary>
    /// Computes the expected calibration error: the mean, over the tokens, of the distance between the mean probability and the fraction
    /// of positive tokens in the token's bin, of 15 bins of equal width. NaN without tokens.
    /// </summary>
    public static double GetExpectedCalibrationError(IReadOnlyCollection<(float Logit, bool Label, float Weight)> tokens)
    {
        Span<double> gaps = stackalloc double[CalibrationBins];
        gaps.Clear();
        foreach (var (logit, label, _) in tokens)
        {
            var probability = CalibratedProbability.FromLogit(logit, temperature: 1);
            gaps[Math.Min(CalibrationBins - 1, (int)(probability * CalibrationBins))] += probability - (label ? 1 : 0);
        }

        var sum = 0.0;
        foreach (var gap in gaps)
            sum += Math.Abs(gap);
        return sum / tokens.Count;
    }
}
