namespace MlNetNtd;

/// <summary>
/// How the step scores of real sequences behave: a mean at each position, and an autoregression of order one around it, whose noise has a
/// variance at each position.
/// </summary>
internal sealed class StepScoreModel
{
    private readonly double[] _means;
    private readonly double[] _variances;

    // The part of a score that the next one keeps, 0 to 1; one for all positions, because few real sequences may be long.
    private readonly double _kept;

    /// <param name="real">The step scores of real sequences.</param>
    public StepScoreModel(IReadOnlyList<float[]> real)
    {
        _means = [.. Enumerable.Range(0, real.Max(steps => steps.Length))
            .Select(position => real.Where(steps => steps.Length > position).Average(steps => (double)steps[position]))];
        var centered = real.Select(Center).ToList();
        _kept = Estimate(centered);
        var noise = centered.Select(GetNoise).ToList();
        var mean = noise.SelectMany(steps => steps).Average(one => one * one);
        _variances = [.. _means.Select((_, position) => GetVariance([.. noise.Where(steps => steps.Length > position).Select(steps => steps[position])], mean))];
    }

    /// <summary>Tests for a level shift at each step of a sequence.</summary>
    /// <returns>Standard normal deviates for a real sequence, negative where the scores fall; NaN at positions that no real sequence reaches.</returns>
    public IEnumerable<float> TestLevelShifts(float[] steps)
    {
        var noise = GetNoise(Center(steps));
        // A shift moves the noise of its step by its size, and of each later one by the part that is not kept.
        var (laterSum, laterWeight) = (0.0, 0.0);
        var result = new float[steps.Length];
        result.AsSpan(noise.Length).Fill(float.NaN);
        for (var step = noise.Length - 1; step >= 0; step--)
        {
            var weight = 1 / _variances[step];
            result[step] = (float)(((noise[step] * weight) + laterSum) / Math.Sqrt(weight + laterWeight));
            laterSum += (1 - _kept) * noise[step] * weight;
            laterWeight += (1 - _kept) * (1 - _kept) * weight;
        }

        return result;
    }

    private static double Estimate(IReadOnlyList<double[]> centered)
    {
        var (products, squares) = (0.0, 0.0);
        foreach (var steps in centered)
        {
            for (var step = 1; step < steps.Length; step++)
            {
                products += steps[step] * steps[step - 1];
                squares += steps[step - 1] * steps[step - 1];
            }
        }

        return squares > 0 ? Math.Clamp(products / squares, 0, 1) : 1;
    }

    // The mean over all positions counts as one more observation, for positions of few sequences.
    private static double GetVariance(double[] noise, double mean) =>
        (noise.Sum(one => one * one) + mean) / (noise.Length + 1) is > 0 and var variance ? variance : 1;

    private double[] Center(float[] steps) => [.. steps.Take(_means.Length).Select((score, position) => score - _means[position])];

    private double[] GetNoise(double[] centered) => [.. centered.Select((score, step) => step == 0 ? score : score - (_kept * centered[step - 1]))];
}
