namespace MlNetNtd;

/// <summary>What counted n-grams know of a token and the tokens before it, as features of that token.</summary>
internal sealed class NGramFeatures
{
    // Pairs of tokens with one token, and with two, between them.
    private const int Gaps = 2;

    private readonly NGramModel _model;
    private readonly NGramModel[] _pairs;

    /// <summary>Counts n-grams.</summary>
    /// <param name="sequences">The token ids.</param>
    /// <param name="vocabulary">V, the number of ids.</param>
    /// <param name="order">n, from 1 to <see cref="NGramModel.MaxOrder"/>.</param>
    public NGramFeatures(IReadOnlyList<IReadOnlyList<int>> sequences, int vocabulary, int order)
    {
        _model = new NGramModel(sequences, vocabulary, order);
        _pairs = [.. Enumerable.Range(1, Gaps).Select(gap => new NGramModel(sequences, vocabulary, order: 2, gap))];
    }

    /// <summary>The number of features.</summary>
    public int Count => _model.Order + 2 * (_model.Order - 1) + Gaps + 2;

    /// <summary>The n-grams.</summary>
    public NGramModel Model => _model;

    /// <summary>Computes the features of a token.</summary>
    /// <param name="context">The real tokens before it in its row.</param>
    /// <param name="token">The token, real or a candidate.</param>
    /// <param name="features">Receives <see cref="Count"/> values.</param>
    public void Compute(ReadOnlySpan<int> context, int token, Span<float> features)
    {
        var order = _model.Order;
        Span<NGramCount> counts = stackalloc NGramCount[order];
        _model.GetLogProbabilities(context, token, features[..order], counts);
        Span<float> pair = stackalloc float[2];
        for (var gap = 0; gap < Gaps; gap++)
        {
            _pairs[gap].GetLogProbabilities(context, token, pair);
            features[order + gap] = pair[1];
        }

        // How far the probabilities can be trusted.
        var trust = features[(order + Gaps)..];
        for (var length = 1; length < order; length++)
            (trust[2 * length - 2], trust[2 * length - 1]) = (MathF.Log(1 + counts[length].Context), MathF.Log(1 + counts[length].NGram));

        // N-grams do not know that words of a text come again.
        (features[^2], features[^1]) = (context.Count(token), context.Length > 0 && context[^1] == token ? 1 : 0);
    }
}
