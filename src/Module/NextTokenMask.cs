namespace MlNetNtd;

/// <summary>
/// Defines the attention rule of next-token discrimination: which query of a combined sequence may attend which key. The module,
/// both engines and the documentation all use this definition.
/// </summary>
/// <remarks>
/// <para>
/// A combined sequence has two halves of the same length: the context (the initial embedding, then the real tokens except the last)
/// and the candidates (the predicted tokens). Position i of either half is time i. A candidate attends itself and the context up to
/// its own time, which ends one real token before it. It never attends the real token that it predicts, nor another candidate.
/// </para>
/// <code>
/// query q   | key k &lt; T          | key k >= T
/// q &lt; T     | blocked if k > q    | always blocked
/// q >= T    | blocked if k > q-T  | blocked if k != q
/// </code>
/// <para>
/// With padding, each half has P positions, more than its T tokens, so that the halves stay aligned. The table then holds with P in
/// place of T, and a padded position, as a query or as a key, attends only itself. It attends itself because the softmax of a row
/// of blocked scores divides zero by zero.
/// </para>
/// <para>
/// Source: <c>ml.utils.attention.NextTokenDiscriminator</c> (PyTorch). Padding is an addition of this library.
/// </para>
/// </remarks>
public static partial class NextTokenMask
{
    /// <summary>The largest T whose mask, (2T, 2T), fits one array.</summary>
    public static readonly int MaxTokens = (int)Math.Floor(Math.Sqrt(Array.MaxLength)) / 2;

    /// <summary>Determines whether a query may NOT attend a key in a sequence without padding.</summary>
    /// <param name="query">The position of the query, 0 to 2T - 1.</param>
    /// <param name="key">The position of the key, 0 to 2T - 1.</param>
    /// <param name="tokens">T, the number of tokens in each half.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside the sequence, or T is not positive.</exception>
    public static bool IsBlocked(int query, int key, int tokens) => IsBlocked(query, key, tokens, tokens);

    /// <summary>Determines whether a query may NOT attend a key in a sequence whose halves are padded.</summary>
    /// <param name="query">The position of the query, 0 to 2P - 1.</param>
    /// <param name="key">The position of the key, 0 to 2P - 1.</param>
    /// <param name="tokens">T, the number of real tokens in each half.</param>
    /// <param name="paddedTokens">P, the length of each half; at least T.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A position is outside the sequence, T is not positive, or P is less than T.
    /// </exception>
    public static bool IsBlocked(int query, int key, int tokens, int paddedTokens)
    {
        CheckLengths(tokens, paddedTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfNegative(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, 2 * paddedTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(key, 2 * paddedTokens);
        return IsBlockedCore(query, key, tokens, paddedTokens);
    }

    /// <summary>Gets the number of values in the mask of one sequence: (2P)².</summary>
    /// <param name="paddedTokens">P, the length of each half; T if nothing is padded.</param>
    /// <exception cref="ArgumentOutOfRangeException">P is not positive, or the mask would not fit one array.</exception>
    public static int Count(int paddedTokens)
    {
        CheckLengths(paddedTokens, paddedTokens);
        return 4 * paddedTokens * paddedTokens;
    }

    /// <summary>Writes a Boolean mask, row-major (query, key).</summary>
    /// <param name="destination">The mask's memory, exactly <see cref="Count"/> values.</param>
    /// <param name="tokens">T, the number of real tokens in each half.</param>
    /// <param name="paddedTokens">P, the length of each half; at least T.</param>
    /// <param name="kind"><see cref="MaskKind.Blocked"/> or <see cref="MaskKind.Allowed"/>.</param>
    /// <exception cref="ArgumentException">The destination has another length, or the kind is not Boolean.</exception>
    public static void Fill(Span<bool> destination, int tokens, int paddedTokens, MaskKind kind = MaskKind.Blocked)
    {
        if (kind is not (MaskKind.Blocked or MaskKind.Allowed))
            throw new ArgumentException($"A Boolean mask is Blocked or Allowed, not {kind}.", nameof(kind));
        var blocked = kind == MaskKind.Blocked;
        Fill(destination, tokens, paddedTokens, blocked, !blocked);
    }

    /// <summary>Writes an additive mask, row-major (query, key): 0, or negative infinity where blocked.</summary>
    /// <param name="destination">The mask's memory, exactly <see cref="Count"/> values.</param>
    /// <param name="tokens">T, the number of real tokens in each half.</param>
    /// <param name="paddedTokens">P, the length of each half; at least T.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public static void FillAdditive(Span<float> destination, int tokens, int paddedTokens) =>
        Fill(destination, tokens, paddedTokens, float.NegativeInfinity, 0f);

    private static void Fill<T>(Span<T> destination, int tokens, int paddedTokens, T blocked, T allowed)
    {
        CheckLengths(tokens, paddedTokens);
        if (destination.Length != Count(paddedTokens))
        {
            throw new ArgumentException(
                $"The mask of {paddedTokens} tokens has {Count(paddedTokens)} values; the destination has {destination.Length}.",
                nameof(destination));
        }

        // Writes whole runs of keys: most of a row has one value.
        var width = 2 * paddedTokens;
        for (var query = 0; query < width; query++)
        {
            var row = destination.Slice(query * width, width);
            var time = query < paddedTokens ? query : query - paddedTokens;
            row.Fill(blocked);
            if (time < tokens)
                row[..(time + 1)].Fill(allowed);
            if (time >= tokens || query >= paddedTokens)
                row[query] = allowed;
        }
    }

    private static bool IsBlockedCore(int query, int key, int tokens, int paddedTokens)
    {
        var queryTime = query < paddedTokens ? query : query - paddedTokens;
        var keyIsContext = key < tokens;
        return keyIsContext && queryTime < tokens ? key > queryTime : key != query;
    }

    private static void CheckLengths(int tokens, int paddedTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(paddedTokens, tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(paddedTokens, MaxTokens);
    }
}
