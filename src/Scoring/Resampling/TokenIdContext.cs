namespace MlNetNtd;

/// <summary>Scores token ids by a token scorer. The keys and values of a context are kept, and its next tokens appended.</summary>
internal sealed class TokenIdContext : IDisposable
{
    private readonly TokenScorer _scorer;
    private readonly Func<int, ReadOnlySpan<float>> _embeddings;
    private readonly TokenFeatures? _features;
    private readonly ScoringContext _context;
    private readonly int[] _ids;
    private float[] _values = [];

    /// <param name="scorer">The scorer.</param>
    /// <param name="embeddings">Looks up the embedding of a token id: C values, less the number of features.</param>
    /// <param name="features">The features beside it; null for none.</param>
    public TokenIdContext(TokenScorer scorer, Func<int, ReadOnlySpan<float>> embeddings, TokenFeatures? features)
    {
        (_scorer, _embeddings, _features, _context) = (scorer, embeddings, features, scorer.CreateContext());
        _ids = new int[scorer.MaxTokens];
    }

    /// <summary>Scores candidates of the next position.</summary>
    public void Score(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> scores)
    {
        if (context.Length >= _scorer.MaxTokens)
            throw new ArgumentException($"context: expected at most {_scorer.MaxTokens - 1} tokens (MaxTokens of the scorer is {_scorer.MaxTokens}), found {context.Length}.", nameof(context));
        var common = context.CommonPrefixLength(_ids.AsSpan(0, _context.Length));
        _context.Truncate(common);
        if (common < context.Length)
        {
            var tokens = Rent(context.Length - common);
            for (var position = common; position < context.Length; position++)
                Write(context[..position], context[position], tokens.Slice((position - common) * _scorer.EmbeddingDimension, _scorer.EmbeddingDimension));
            _context.Append(tokens);
            context[common..].CopyTo(_ids.AsSpan(common));
        }

        var values = Rent(candidates.Length);
        for (var i = 0; i < candidates.Length; i++)
            Write(context, candidates[i], values.Slice(i * _scorer.EmbeddingDimension, _scorer.EmbeddingDimension));
        _scorer.ScoreCandidates(_context, values, scores);
    }

    public void Dispose() => _context.Dispose();

    private Span<float> Rent(int tokens)
    {
        var length = tokens * _scorer.EmbeddingDimension;
        if (_values.Length < length)
            _values = new float[length];
        return _values.AsSpan(0, length);
    }

    // The vector of a token: its embedding, then its features.
    private void Write(ReadOnlySpan<int> context, int id, Span<float> vector)
    {
        var dimension = vector.Length - (_features?.Count ?? 0);
        var embedding = _embeddings(id);
        if (embedding.Length != dimension)
            throw new InvalidOperationException($"Embedding of token {id}: expected {dimension} values{Explain()}, found {embedding.Length}.");
        embedding.CopyTo(vector);
        if (_features is null)
            return;
        var features = vector[dimension..];
        _features.Compute(context, id, features);
        if (FiniteCheck.IndexOfNonFinite(features) is >= 0 and var i)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"Position {context.Length}, token {id}: expected finite features (TokenFeatures), found {features[i]} in feature {i}."));
        }
    }

    private string Explain() => _features is null ? "" : $" ({_scorer.EmbeddingDimension} of the scorer less {_features.Count} of TokenFeatures)";
}
