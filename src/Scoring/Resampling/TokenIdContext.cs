namespace MlNetNtd;

/// <summary>Scores token ids by a token scorer. The keys and values of a context are kept, and its next tokens appended.</summary>
internal sealed class TokenIdContext : IDisposable
{
    private readonly TokenScorer _scorer;
    private readonly Func<int, ReadOnlySpan<float>> _embeddings;
    private readonly ScoringContext _context;
    private readonly int[] _ids;
    private float[] _values = [];

    /// <param name="scorer">The scorer.</param>
    /// <param name="embeddings">Looks up the embedding of a token id, C values.</param>
    public TokenIdContext(TokenScorer scorer, Func<int, ReadOnlySpan<float>> embeddings)
    {
        (_scorer, _embeddings, _context) = (scorer, embeddings, scorer.CreateContext());
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
            _context.Append(Embed(context[common..]));
            context[common..].CopyTo(_ids.AsSpan(common));
        }

        _scorer.ScoreCandidates(_context, Embed(candidates), scores);
    }

    public void Dispose() => _context.Dispose();

    private ReadOnlySpan<float> Embed(ReadOnlySpan<int> ids)
    {
        var dimension = _scorer.EmbeddingDimension;
        if (_values.Length < ids.Length * dimension)
            _values = new float[ids.Length * dimension];
        for (var i = 0; i < ids.Length; i++)
        {
            var embedding = _embeddings(ids[i]);
            if (embedding.Length != dimension)
                throw new InvalidOperationException($"Embedding of token {ids[i]}: expected {dimension} values, found {embedding.Length}.");
            embedding.CopyTo(_values.AsSpan(i * dimension));
        }

        return _values.AsSpan(0, ids.Length * dimension);
    }
}
