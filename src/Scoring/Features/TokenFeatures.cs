namespace MlNetNtd;

/// <summary>Computes the features of one token.</summary>
/// <param name="context">The tokens before it: in training rows the real ones, in a generated sequence those that were picked.</param>
/// <param name="token">The token, real or a candidate.</param>
/// <param name="features">Receives one value per feature. All are 0 before the call.</param>
public delegate void TokenFeatureGetter(ReadOnlySpan<int> context, int token, Span<float> features);

/// <summary>
/// Features of a token beside its embedding, such as the logarithm of its probability under the generator or under a count model. They are
/// appended to the embedding: C, the dimension of a row's tokens, is that of the embeddings plus <see cref="Count"/>.
/// </summary>
/// <remarks>
/// A model that was trained with them needs them wherever it scores: rows by <c>DiscriminatorRowOptions.TokenFeatures</c>, a residual model by
/// <see cref="ResidualModelOptions.TokenFeatures"/>, vectors of your own by <see cref="Compute"/>. A saved model does not hold them.
/// </remarks>
public sealed class TokenFeatures
{
    private readonly TokenFeatureGetter _compute;

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
        (Count, _compute) = (count, compute);
    }

    /// <summary>Gets the number of features of a token.</summary>
    public int Count { get; }

    /// <summary>The number of ids that were counted; null where the features are a delegate of the user's.</summary>
    internal int? VocabularySize { get; private init; }

    /// <summary>Computes the features of a token, for a vector of your own: the embedding, then these.</summary>
    /// <param name="context">The tokens before it in its sequence.</param>
    /// <param name="token">The token, real or a candidate.</param>
    /// <param name="features">Receives <see cref="Count"/> values.</param>
    /// <exception cref="ArgumentException"><paramref name="features"/> has another length, or an id is outside the counted vocabulary.</exception>
    public void Compute(ReadOnlySpan<int> context, int token, Span<float> features)
    {
        if (features.Length != Count)
            throw new ArgumentException($"features: expected {Count} values (Count), found {features.Length}.", nameof(features));
        if (VocabularySize is { } size)
        {
            if (context.IndexOfAnyExceptInRange(0, size - 1) is >= 0 and var position)
                throw new ArgumentException($"context: expected ids from 0 to {size - 1} (vocabularySize), found {context[position]} at position {position}.", nameof(context));
            if ((uint)token >= (uint)size)
                throw new ArgumentException($"token: expected an id from 0 to {size - 1} (vocabularySize), found {token}.", nameof(token));
        }

        // A delegate may leave out what is zero.
        features.Clear();
        _compute(context, token, features);
    }

    /// <summary>
    /// Creates 3n + 2 features from n-grams of 1 to n tokens (absolute discounting, interpolated). They help a discriminator that is trained on
    /// few rows, because it need not learn frequencies itself.
    /// </summary>
    /// <remarks>
    /// <para>In this order, with natural logarithms:</para>
    /// <list type="bullet">
    /// <item><description>n values: the logarithm of the token's probability given the 0, 1, ..., n - 1 tokens before it;</description></item>
    /// <item><description>2 values: the same given only the token two places before it, and only the one three places before;</description></item>
    /// <item><description>for each length from 1 to n - 1, 2 values: log(1 + how often that many tokens before it were counted), and log(1 + how
    /// often this token followed them);</description></item>
    /// <item><description>2 values: how often the token already occurs in its row, not as a logarithm, and 1 if it equals the previous token, else
    /// 0.</description></item>
    /// </list>
    /// <para>
    /// Where the row has too few tokens before it, or they were never counted, a probability is that given fewer tokens, and counts are 0.
    /// </para>
    /// <para>
    /// Count on sequences that no row is made from. If the training rows come from the counted sequences, every real token has been counted
    /// after its own context and candidates often have not. The discriminator learns that leak, which does not exist in new text.
    /// </para>
    /// </remarks>
    /// <param name="sequences">Token ids to count, one list per sequence.</param>
    /// <param name="vocabularySize">V, the number of ids; the rows of the embedding table.</param>
    /// <param name="n">The length of the longest n-gram, from 1 to 4. Default: 3.</param>
    /// <exception cref="ArgumentNullException"><paramref name="sequences"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="vocabularySize"/> or <paramref name="n"/> is out of range.</exception>
    /// <exception cref="ArgumentException">A sequence is null, or an id is negative or not below <paramref name="vocabularySize"/>.</exception>
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
        return new TokenFeatures(ngrams.Count, ngrams.Compute) { VocabularySize = vocabularySize };
    }
}
