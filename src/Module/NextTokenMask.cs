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
/// <para>
/// With K candidates for each token, the candidates' part has K * T positions, and the K candidates of one time are neighbors: candidate
/// k of time t is position T + t * K + k. The rule is the same: a candidate attends neither the other candidates of its time nor those
/// of other times. The table shows K = 1; with more, the time of a query q >= T is (q - T) / K, rounded down.
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
    // The most positions whose mask fits one array.
    private static readonly int MaxPositions = (int)Math.Floor(Math.Sqrt(Array.MaxLength));

    /// <summary>The largest T whose mask, (2T, 2T), fits one array.</summary>
    public static readonly int MaxTokens = GetMaxTokens(candidatesPerToken: 1);

    /// <summary>Gets the largest T whose mask, (T + K * T, T + K * T), fits one array.</summary>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <exception cref="ArgumentOutOfRangeException">K is not positive.</exception>
    public static int GetMaxTokens(int candidatesPerToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(candidatesPerToken);
        return (int)(MaxPositions / (1L + candidatesPerToken));
    }

    /// <summary>Determines whether a query may NOT attend a key in a sequence without padding.</summary>
    /// <param name="query">The position of the query, 0 to 2T - 1.</param>
    /// <param name="key">The position of the key, 0 to 2T - 1.</param>
    /// <param name="tokens">T, the number of tokens in each half.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside the sequence, or T is not positive.</exception>
    public static bool IsBlocked(int query, int key, int tokens) => IsBlocked(query, key, tokens, tokens);

    /// <summary>Determines whether a query may NOT attend a key in a sequence whose halves are padded.</summary>
    /// <param name="query">The position of the query, 0 to P + K * P - 1.</param>
    /// <param name="key">The position of the key, 0 to P + K * P - 1.</param>
    /// <param name="tokens">T, the number of real tokens in each half.</param>
    /// <param name="paddedTokens">P, the length of each half; at least T.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A position is outside the sequence, T or K is not positive, or P is less than T.
    /// </exception>
    public static bool IsBlocked(int query, int key, int tokens, int paddedTokens, int candidatesPerToken = 1)
    {
        CheckLengths(tokens, paddedTokens, candidatesPerToken);
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfNegative(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, Positions(paddedTokens, candidatesPerToken));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(key, Positions(paddedTokens, candidatesPerToken));
        return IsBlockedCore(query, key, tokens, paddedTokens, candidatesPerToken);
    }

    /// <summary>Gets the number of values in the mask of one sequence: (P + K * P)².</summary>
    /// <param name="paddedTokens">P, the length of each half; T if nothing is padded.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <exception cref="ArgumentOutOfRangeException">P or K is not positive, or the mask would not fit one array.</exception>
    public static int Count(int paddedTokens, int candidatesPerToken = 1)
    {
        CheckLengths(paddedTokens, paddedTokens, candidatesPerToken);
        var positions = Positions(paddedTokens, candidatesPerToken);
        return positions * positions;
    }

    /// <summary>Writes a Boolean mask, row-major (query, key).</summary>
    /// <param name="destination">The mask's memory, exactly <see cref="Count"/> values.</param>
    /// <param name="tokens">T, the number of real tokens in each half.</param>
    /// <param name="paddedTokens">P, the length of each half; at least T.</param>
    /// <param name="kind"><see cref="MaskKind.Blocked"/> or <see cref="MaskKind.Allowed"/>.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <exception cref="ArgumentException">The destination has another length, or the kind is not Boolean.</exception>
    public static void Fill(Span<bool> destination, int tokens, int paddedTokens, MaskKind kind = MaskKind.Blocked, int candidatesPerToken = 1)
    {
        if (kind is not (MaskKind.Blocked or MaskKind.Allowed))
            throw new ArgumentException($"A Boolean mask is Blocked or Allowed, not {kind}.", nameof(kind));
        var blocked = kind == MaskKind.Blocked;
        Fill(destination, tokens, paddedTokens, candidatesPerToken, blocked, !blocked);
    }

    /// <summary>Writes an additive mask, row-major (query, key): 0, or negative infinity where blocked.</summary>
    /// <param name="destination">The mask's memory, exactly <see cref="Count"/> values.</param>
    /// <param name="tokens">T, the number of real tokens in each half.</param>
    /// <param name="paddedTokens">P, the length of each half; at least T.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public static void FillAdditive(Span<float> destination, int tokens, int paddedTokens, int candidatesPerToken = 1) =>
        Fill(destination, tokens, paddedTokens, candidatesPerToken, float.NegativeInfinity, 0f);

    private static void Fill<T>(Span<T> destination, int tokens, int paddedTokens, int candidatesPerToken, T blocked, T allowed)
    {
        CheckLengths(tokens, paddedTokens, candidatesPerToken);
        var count = Count(paddedTokens, candidatesPerToken);
        if (destination.Length != count)
        {
            var candidates = candidatesPerToken == 1 ? "" : $", with {candidatesPerToken} candidates each,";
            throw new ArgumentException(
                $"The mask of {paddedTokens} tokens{candidates} has {count} values; the destination has {destination.Length}.", nameof(destination));
        }

        // Writes whole runs of keys: most of a row has one value.
        var width = Positions(paddedTokens, candidatesPerToken);
        for (var query = 0; query < width; query++)
        {
            var row = destination.Slice(query * width, width);
            var time = GetTime(query, paddedTokens, candidatesPerToken);
            row.Fill(blocked);
            if (time < tokens)
                row[..(time + 1)].Fill(allowed);
            if (time >= tokens || query >= paddedTokens)
                row[query] = allowed;
        }
    }

    private static int Positions(int paddedTokens, int candidatesPerToken) => (1 + candidatesPerToken) * paddedTokens;

    private static int GetTime(int position, int paddedTokens, int candidatesPerToken) =>
        position < paddedTokens ? position : (position - paddedTokens) / candidatesPerToken;

    private static bool IsBlockedCore(int query, int key, int tokens, int paddedTokens, int candidatesPerToken)
    {
        var queryTime = GetTime(query, paddedTokens, candidatesPerToken);
        var keyIsContext = key < tokens;
        return keyIsContext && queryTime < tokens ? key > queryTime : key != query;
    }

    private static void CheckLengths(int tokens, int paddedTokens, int candidatesPerToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(paddedTokens, tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(paddedTokens, GetMaxTokens(candidatesPerToken));
    }
}
