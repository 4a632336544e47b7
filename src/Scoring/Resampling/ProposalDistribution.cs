namespace MlNetNtd;

/// <summary>A generator's distribution of one position. Owns its memory: for one thread at a time.</summary>
/// <param name="generator">The generator.</param>
/// <param name="size">V.</param>
internal sealed class ProposalDistribution(NextTokenDistribution generator, int size)
{
    private readonly float[] _logits = new float[size];
    private readonly double[] _cumulative = new double[size];
    private double _normalizer;

    /// <summary>Asks the generator.</summary>
    /// <param name="context">The tokens before the position.</param>
    /// <param name="sequence">The number of the sequence, for errors.</param>
    /// <exception cref="InvalidOperationException">The distribution has no mass, or a logit that is NaN or infinite.</exception>
    public void Read(ReadOnlySpan<int> context, long sequence)
    {
        Array.Fill(_logits, float.NaN);
        generator(context, _logits);
        var largest = double.NegativeInfinity;
        for (var id = 0; id < size; id++)
        {
            if (float.IsNaN(_logits[id]) || float.IsPositiveInfinity(_logits[id]))
            {
                throw new InvalidOperationException(FormattableString.Invariant(
                    $"Sequence {sequence}, position {context.Length}: expected finite logits of the generator, or -Infinity, found {_logits[id]} for token {id}."));
            }

            largest = Math.Max(largest, _logits[id]);
        }

        if (double.IsNegativeInfinity(largest))
            throw new InvalidOperationException($"Sequence {sequence}, position {context.Length}: expected a token with a finite logit of the generator, found none.");
        var sum = 0.0;
        for (var id = 0; id < size; id++)
            _cumulative[id] = sum += Math.Exp(_logits[id] - largest);
        _normalizer = largest + Math.Log(sum);
    }

    /// <summary>Gets the log-probability of a token.</summary>
    public double GetLogProbability(int id) => _logits[id] - _normalizer;

    /// <summary>Draws a token.</summary>
    /// <param name="uniform">A uniform number, from 0 up to but not including 1.</param>
    public int Draw(double uniform)
    {
        var point = uniform * _cumulative[^1];
        var (low, high) = (0, size - 1);
        // The first token whose cumulative probability is above the point: one without mass is never the first.
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_cumulative[middle] > point)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
