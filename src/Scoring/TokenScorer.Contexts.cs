namespace MlNetNtd;

// Scores candidates of a position with the context's keys and values kept.
public sealed unsafe partial class TokenScorer
{
    private long _appends;

    /// <summary>Creates a context without tokens, whose keys and values are kept from one position to the next.</summary>
    /// <returns>The context, which you dispose.</returns>
    public ScoringContext CreateContext() => new(this, _contexts.Rent());

    /// <summary>Scores candidates of the next position of a context. The context stays as it is.</summary>
    /// <param name="context">The real tokens before the position.</param>
    /// <param name="candidates">The K candidates, K * C values.</param>
    /// <param name="logits">Receives the K logits: those of <see cref="Score(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, int)"/>, to the bit.</param>
    /// <exception cref="ArgumentException">
    /// The context is one of another scorer or has MaxTokens tokens already, a length does not fit the other, or a value is not finite. No
    /// logit is written.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public void ScoreCandidates(ScoringContext context, ReadOnlySpan<float> candidates, Span<float> logits)
    {
        ArgumentNullException.ThrowIfNull(context);
        ScoreCandidatesBatch([context], candidates, logits);
    }

    /// <summary>Scores candidates of the next positions of several contexts, the same number K of each. The contexts stay as they are.</summary>
    /// <param name="contexts">The B contexts. They may differ in length.</param>
    /// <param name="candidates">The candidates, (B, K, C).</param>
    /// <param name="logits">Receives the logits, (B, K).</param>
    /// <exception cref="ArgumentException">
    /// A context is one of another scorer or has MaxTokens tokens already, a length does not fit the others, or a value is not finite. No
    /// logit is written.
    /// </exception>
    /// <exception cref="ObjectDisposedException">A context was disposed.</exception>
    public void ScoreCandidatesBatch(ReadOnlySpan<ScoringContext> contexts, ReadOnlySpan<float> candidates, Span<float> logits)
    {
        CheckContexts(contexts);
        var count = logits.Length / contexts.Length;
        if (count == 0 || logits.Length % contexts.Length != 0)
            throw new ArgumentException($"logits: expected a multiple of {contexts.Length} values, the number of contexts, found {logits.Length}.", nameof(logits));
        CheckRows(candidates, contexts.Length, count, nameof(candidates));
        for (var i = 0; i < contexts.Length; i++)
        {
            if (contexts[i].Length >= MaxTokens)
                throw new ArgumentException($"Context {i}: expected at most {MaxTokens - 1} tokens before a candidate (MaxTokens is {MaxTokens}), found {contexts[i].Length}.", nameof(contexts));
        }

        fixed (float* input = candidates, result = logits)
            _contexts.Score(contexts, input, count, result);
    }

    /// <summary>Appends a real token to each of several contexts.</summary>
    /// <param name="contexts">The B contexts, each once.</param>
    /// <param name="tokens">The tokens, (B, C).</param>
    /// <exception cref="ArgumentException">
    /// A context is one of another scorer, is there twice or has MaxTokens tokens already, a length does not fit the other, or a value is not
    /// finite. Nothing is appended.
    /// </exception>
    /// <exception cref="ObjectDisposedException">A context was disposed.</exception>
    public void AppendBatch(ReadOnlySpan<ScoringContext> contexts, ReadOnlySpan<float> tokens)
    {
        CheckContexts(contexts);
        CheckRows(tokens, contexts.Length, 1, nameof(tokens));
        Append(contexts, tokens, 1);
    }

    internal void Append(ScoringContext context, ReadOnlySpan<float> tokens)
    {
        _ = context.Cache;
        if (tokens.IsEmpty || tokens.Length % EmbeddingDimension != 0)
            throw new ArgumentException($"tokens: expected a multiple of {EmbeddingDimension} values, found {tokens.Length}.", nameof(tokens));
        var count = tokens.Length / EmbeddingDimension;
        CheckRows(tokens, 1, count, nameof(tokens));
        Append([context], tokens, count);
    }

    internal void Return(KeyValueCache cache) => _contexts.Return(cache);

    private void Append(ReadOnlySpan<ScoringContext> contexts, ReadOnlySpan<float> tokens, int count)
    {
        var call = Interlocked.Increment(ref _appends);
        for (var i = 0; i < contexts.Length; i++)
        {
            if (contexts[i].LastAppend == call)
                throw new ArgumentException($"Context {i}: expected each context once, found it twice.", nameof(contexts));
            contexts[i].LastAppend = call;
            if (contexts[i].Length + count > MaxTokens)
                throw new ArgumentException($"Context {i}: expected at most {MaxTokens} tokens (MaxTokens), found {contexts[i].Length} and {count} more.", nameof(tokens));
        }

        fixed (float* input = tokens)
            _contexts.Append(contexts, input, count);
        foreach (var context in contexts)
            context.Extend(count);
    }

    private void CheckContexts(ReadOnlySpan<ScoringContext> contexts)
    {
        if (contexts.IsEmpty)
            throw new ArgumentException("contexts: expected at least one context, found none.", nameof(contexts));
        for (var i = 0; i < contexts.Length; i++)
        {
            var context = contexts[i] ?? throw new ArgumentException($"Context {i}: expected a context, found null.", nameof(contexts));
            if (context.Scorer != this)
                throw new ArgumentException($"Context {i}: expected a context of this scorer (CreateContext), found one of another scorer.", nameof(contexts));
            // Disposed contexts are found before anything is computed.
            _ = context.Cache;
        }
    }

    private void CheckRows(ReadOnlySpan<float> values, int contexts, int count, string name)
    {
        var expected = (long)contexts * count * EmbeddingDimension;
        if (values.Length != expected)
            throw new ArgumentException($"{name}: expected {expected} values, ({contexts}, {count}, {EmbeddingDimension}), found {values.Length}.", name);
        if (FiniteCheck.IndexOfNonFinite(values) is >= 0 and var index)
        {
            var row = index / EmbeddingDimension;
            throw new ArgumentException(
                FormattableString.Invariant($"{name}: expected finite values, found {values[index]} in context {row / count}, token {row % count}, dimension {index % EmbeddingDimension}."), name);
        }
    }
}
