namespace MlNetNtd;

/// <summary>Computes the features of one token.</summary>
/// <param name="context">The real tokens before it in its row.</param>
/// <param name="token">The token, real or a candidate.</param>
/// <param name="features">Receives one value per feature.</param>
public delegate void TokenFeatureGetter(ReadOnlySpan<int> context, int token, Span<float> features);

/// <summary>
/// Features of a token beside its embedding, such as the logarithm of its probability under the generator or under a count model. They are
/// appended to the embedding, so that the rows have C + <see cref="Count"/> dimensions.
/// </summary>
public sealed class TokenFeatures
{
    /// <summary>Initializes the features.</summary>
    /// <param name="count">The number of features of a token.</param>
    /// <param name="compute">
    /// Computes them. It must depend only on its arguments, because a row has the same values each time it is read, and it must be
    /// thread-safe, because several cursors can call it concurrently.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public TokenFeatures(int count, TokenFeatureGetter compute)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentNullException.ThrowIfNull(compute);
        (Count, Compute) = (count, compute);
    }

    /// <summary>Gets the number of features of a token.</summary>
    public int Count { get; }

    internal TokenFeatureGetter Compute { get; }

    /// <summary>
    /// Creates 3n + 2 features from n-grams of 1 to n tokens (absolute discounting, interpolated). They give a discriminator of few rows
    /// what counting knows.
    /// </summary>
    /// <remarks>
    /// <para>
    /// In this order: the natural logarithm of the token's probability, given the tokens before it, under n-grams of 1, 2, ..., n tokens
    /// (n values); the same under pairs of tokens with one token between them, and with two (2); for the 1, 2, ..., n - 1 tokens
    /// before it, the logarithm of 1 plus how often they were counted, and of 1 plus how often this token followed them (2 each); how
    /// often the token stands before in its row, and 1 if it equals the token before it, else 0 (2).
    /// </para>
    /// <para>
    /// Count on sequences that no row is made from. In the sequences of the training rows each real token follows its context at least
    /// once, which the discriminator would take for a property of real tokens.
    /// </para>
    /// </remarks>
    /// <param name="sequences">Token ids to count, one list per sequence.</param>
    /// <param name="vocabularySize">V, the number of ids; the rows of the embedding table.</param>
    /// <param name="n">The largest n, from 1 to 4.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="vocabularySize"/> or <paramref name="n"/> is out of range.</exception>
    /// <exception cref="ArgumentException">A sequence is null, or an id is not below <paramref name="vocabularySize"/>.</exception>
    public static TokenFeatures FromNGrams(IReadOnlyList<IReadOnlyList<int>> sequences, int vocabularySize, int n = 3)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, NGramModel.MaxOrder);
        for (var number = 0; number < sequences.Count; number++)
        {
            var sequence = sequences[number] ?? throw new ArgumentException($"sequences: sequence {number}: expected token ids, found null.", nameof(sequences));
            for (var t = 0; t < sequence.Count; t++)
            {
                if ((uint)sequence[t] >= (uint)vocabularySize)
                    throw new ArgumentException($"sequences: sequence {number}, token {t}: expected an id from 0 to {vocabularySize - 1} (vocabularySize), found {sequence[t]}.", nameof(sequences));
            }
        }

        var ngrams = new NGramFeatures(sequences, vocabularySize, n);
        return new TokenFeatures(ngrams.Count, ngrams.Compute);
    }
}
