namespace MlNetNtd;

/// <summary>
/// The real tokens before a position, with their keys and values in every layer (a KV cache): a candidate of the next position costs one
/// token, however long the context is.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="TokenScorer.CreateContext"/> creates an empty one, whose next position is 0. It takes 2 * Layers * ModelDimension values
/// per token.
/// </para>
/// <para>
/// Any number of threads may score candidates of one context while none changes it. <see cref="Dispose"/> gives its memory to the next
/// context of the same scorer.
/// </para>
/// </remarks>
public sealed unsafe class ScoringContext : IDisposable
{
    private KeyValueCache? _cache;

    internal ScoringContext(TokenScorer scorer, KeyValueCache cache) => (Scorer, _cache) = (scorer, cache);

    /// <summary>Gets the scorer that created the context.</summary>
    public TokenScorer Scorer { get; }

    /// <summary>Gets the number of real tokens, which is the position whose candidates are scored next.</summary>
    public int Length { get; private set; }

    internal KeyValueCache Cache => _cache ?? throw new ObjectDisposedException(nameof(ScoringContext));

    // The number of the last call that appended to it: a context that is twice in one call is found by it.
    internal long LastAppend { get; set; }

    /// <summary>Appends real tokens.</summary>
    /// <param name="tokens">The embeddings of one or more tokens, C values each.</param>
    /// <exception cref="ArgumentException">
    /// The number of values is no multiple of C, the context would be longer than MaxTokens, or a value is not finite. Nothing is appended.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public void Append(ReadOnlySpan<float> tokens) => Scorer.Append(this, tokens);

    /// <summary>Removes the tokens from a position on.</summary>
    /// <param name="length">The number of tokens to keep, 0 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The context has fewer tokens.</exception>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public void Truncate(int length)
    {
        var cache = Cache;
        if (length < 0 || length > Length)
            throw new ArgumentOutOfRangeException(nameof(length), $"length: expected 0 to {Length}, the tokens of the context, found {length}.");
        Length = length;
        cache.Count = Math.Min(length + 1, Scorer.MaxTokens);
    }

    /// <summary>Removes all tokens.</summary>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public void Reset() => Truncate(0);

    /// <summary>Copies the context: both continue on their own, as the branches of a beam search do.</summary>
    /// <returns>The copy.</returns>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public ScoringContext Copy()
    {
        var cache = Cache;
        var copy = Scorer.CreateContext();
        copy.Cache.CopyFrom(cache);
        copy.Length = Length;
        return copy;
    }

    /// <summary>Gives the memory back to the scorer.</summary>
    public void Dispose()
    {
        if (_cache is not { } cache)
            return;
        _cache = null;
        Scorer.Return(cache);
    }

    internal void Extend(int tokens) => Length += tokens;
}
