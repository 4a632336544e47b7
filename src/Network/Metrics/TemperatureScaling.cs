namespace MlNetNtd;

/// <summary>
/// Fits the temperature by which logits are divided before they become probabilities (Guo, Pleiss, Sun and Weinberger 2017), so that
/// probabilities are as confident as the discriminator is right.
/// </summary>
/// <remarks>
/// The log-loss is convex in 1 / temperature, so there is one best value, which Newton's method finds inside a bracket. It does not depend
/// on a generator, and is rounded to Single, so that the last bits of sums do not show. Labels are smoothed as Platt (1999) does, so that
/// logits that separate the labels do not make the probabilities of new rows certain.
/// </remarks>
internal static class TemperatureScaling
{
    private const float Lowest = CalibratedProbability.LowestTemperature;
    private const float Highest = CalibratedProbability.HighestTemperature;
    private const int MaxIterations = 100;
    private const double Tolerance = 1e-9;

    /// <summary>Fits the temperature.</summary>
    /// <param name="scores">The logits, with the weights of their real and generated items.</param>
    /// <param name="count">The number of items.</param>
    /// <returns>The temperature, in the range of <see cref="CalibratedProbability"/>; 1 if there is nothing to fit: labels of one kind, or no logit but 0.</returns>
    public static float Fit(IReadOnlyList<(double Logit, double Real, double Generated)> scores, long count)
    {
        var (real, generated) = (scores.Sum(score => score.Real), scores.Sum(score => score.Generated));
        if (!(real > 0 && generated > 0) || !scores.Any(score => score.Logit != 0) || scores.Any(score => !double.IsFinite(score.Logit)))
            return 1;
        // Platt's targets are in numbers of items, whatever the scale of the weights.
        var unit = count / (real + generated);
        var target = (Real: (unit * real + 1) / (unit * real + 2), Generated: 1 / (unit * generated + 2));

        var (low, high) = (1.0 / Highest, 1.0 / Lowest);
        if (GetSlope(low).Slope >= 0)
            return Highest;
        if (GetSlope(high).Slope <= 0)
            return Lowest;
        var factor = 1.0;
        for (var i = 0; i < MaxIterations && high - low > Tolerance * factor; i++)
        {
            var (slope, curvature) = GetSlope(factor);
            if (slope == 0)
                break;
            (low, high) = slope < 0 ? (factor, high) : (low, factor);
            var next = factor - slope / curvature;
            next = next > low && next < high ? next : Math.Sqrt(low * high);
            if (Math.Abs(next - factor) <= Tolerance * factor)
                break;
            factor = next;
        }

        return (float)Math.Clamp(1 / factor, Lowest, Highest);

        // The first two derivatives of the log-loss with respect to the factor of the logits.
        (double Slope, double Curvature) GetSlope(double factor)
        {
            double slope = 0, curvature = 0;
            foreach (var (logit, realWeight, generatedWeight) in scores)
            {
                var probability = 1 / (1 + Math.Exp(-factor * logit));
                var weight = realWeight + generatedWeight;
                slope += logit * (weight * probability - realWeight * target.Real - generatedWeight * target.Generated);
                curvature += logit * logit * weight * probability * (1 - probability);
            }

            return (slope, curvature);
        }
    }

    /// <summary>Computes the mean log-loss of probabilities at a temperature, in nats.</summary>
    public static double GetLoss(IReadOnlyList<(double Logit, double Real, double Generated)> scores, float temperature)
    {
        double sum = 0, weight = 0;
        foreach (var (logit, real, generated) in scores)
        {
            var scaled = logit / temperature;
            // log(1 + e^-x) for a real one, log(1 + e^x) for a generated one, without overflow.
            var common = Math.Log(1 + Math.Exp(-Math.Abs(scaled)));
            sum += real * (Math.Max(0, -scaled) + common) + generated * (Math.Max(0, scaled) + common);
            weight += real + generated;
        }

        return sum / weight;
    }
}
