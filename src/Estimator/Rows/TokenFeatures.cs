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
    /// Creates n features: the natural logarithms of a token's probability, given the tokens before it, under n-grams of 1 to n tokens
    /// (absolute discounting, interpolated). They give a discriminator of few rows what counting knows.
    /// </summary>
    /// <remarks>
    /// Count on sequences that no row is made from. In the sequences of the training rows each real token follows its context at least
    /// once, which the discriminator would take for a property of real tokens.
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

        var model = new NGramModel(sequences, vocabularySize, n);
        return new TokenFeatures(n, model.GetLogProbabilities);
    }
}
