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
}
