namespace MlNetNtd;

/// <summary>Accumulates the <see cref="InputMoments"/> of rows in the order in which they are read.</summary>
/// <remarks>
/// It covers real tokens only: padding tells nothing, and position 0 holds the transform's initial embedding, a constant. Sums are doubles
/// and rows are merged one by one, so that a large mean does not cancel the spread.
/// </remarks>
internal sealed class InputStatistics
{
    private double _weight;
    private double[] _mean = [];
    private double[] _squaredDeviations = [];
    private float[] _lowest = [];
    private float[] _highest = [];
    private double[] _rowMean = [];
    private double[] _rowDeviations = [];

    /// <summary>Gets the moments of all rows added.</summary>
    public InputMoments Moments => _weight == 0 ? InputMoments.None : new(_weight, _mean, _squaredDeviations, _lowest, _highest);

    /// <summary>Adds the tokens of a row.</summary>
    public void Add(SequenceRow row)
    {
        var dimension = row.Dimension;
        // Position i of the context holds token i - 1, so its last real position is the one before the last candidate's.
        var context = row.Values.AsSpan(dimension, (row.Tokens - 1) * dimension);
        var candidates = row.Values.AsSpan(row.PaddedTokens * dimension, row.CandidatesPerToken * row.Tokens * dimension);
        Add(dimension, row.Weight, context, candidates);
    }

    /// <summary>Adds the tokens of a sequence.</summary>
    /// <param name="dimension">C.</param>
    /// <param name="tokens">The embeddings, C values each.</param>
    public void Add(int dimension, ReadOnlySpan<float> tokens) => Add(dimension, 1, [], tokens);

    private void Add(int dimension, float rowWeight, ReadOnlySpan<float> context, ReadOnlySpan<float> candidates)
    {
        if (_weight == 0)
            Reset(dimension);
        var tokens = (context.Length + candidates.Length) / dimension;
        _rowMean.AsSpan().Clear();
        AddSums(context);
        AddSums(candidates);
        for (var i = 0; i < dimension; i++)
            _rowMean[i] /= tokens;
        _rowDeviations.AsSpan().Clear();
        AddDeviations(context);
        AddDeviations(candidates);
        for (var i = 0; i < dimension; i++)
            _rowDeviations[i] *= rowWeight;

        var weight = (double)rowWeight * tokens;
        InputMoments.Merge(_weight, _mean, _squaredDeviations, weight, _rowMean, _rowDeviations);
        _weight += weight;
    }

    private void Reset(int dimension)
    {
        (_mean, _squaredDeviations, _rowMean, _rowDeviations) = (new double[dimension], new double[dimension], new double[dimension], new double[dimension]);
        (_lowest, _highest) = (new float[dimension], new float[dimension]);
        _lowest.AsSpan().Fill(float.PositiveInfinity);
        _highest.AsSpan().Fill(float.NegativeInfinity);
    }

    private void AddSums(ReadOnlySpan<float> tokens)
    {
        for (; tokens.Length > 0; tokens = tokens[_rowMean.Length..])
        {
            for (var i = 0; i < _rowMean.Length; i++)
            {
                var value = tokens[i];
                _rowMean[i] += value;
                if (value < _lowest[i])
                    _lowest[i] = value;
                if (value > _highest[i])
                    _highest[i] = value;
            }
        }
    }

    private void AddDeviations(ReadOnlySpan<float> tokens)
    {
        for (; tokens.Length > 0; tokens = tokens[_rowMean.Length..])
        {
            for (var i = 0; i < _rowMean.Length; i++)
            {
                var deviation = tokens[i] - _rowMean[i];
                _rowDeviations[i] += deviation * deviation;
            }
        }
    }
}
