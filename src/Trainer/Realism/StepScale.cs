namespace MlNetNtd;

/// <summary>The mean and the deviation of each of a step's values.</summary>
internal sealed class StepScale
{
    private readonly double[] _mean;
    private readonly double[] _factor;

    private StepScale(double[] mean, double[] factor) => (_mean, _factor) = (mean, factor);

    /// <summary>Gets C.</summary>
    public int Dimension => _mean.Length;

    /// <summary>Computes the mean and the deviation of all steps of some sequences.</summary>
    public static StepScale Of(IReadOnlyList<RealismSequence> sequences, int dimension)
    {
        var (mean, squares, count) = (new double[dimension], new double[dimension], 0L);
        // Welford's update, which has no difference of large sums.
        foreach (var sequence in sequences)
        {
            for (var i = 0; i < sequence.Values.Length; i++)
            {
                var d = i % dimension;
                if (d == 0)
                    count++;
                var difference = sequence.Values[i] - mean[d];
                mean[d] += difference / count;
                squares[d] += difference * (sequence.Values[i] - mean[d]);
            }
        }

        // A value that never changes stays 0.
        return new StepScale(mean, [.. squares.Select(square => square > 0 ? 1 / Math.Sqrt(square / count) : 0)]);
    }

    /// <summary>Writes the standardized values of a step.</summary>
    public void Standardize(ReadOnlySpan<float> step, Span<float> destination)
    {
        for (var d = 0; d < step.Length; d++)
            destination[d] = (float)((step[d] - _mean[d]) * _factor[d]);
    }
}
