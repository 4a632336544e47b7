namespace MlNetNtd;

public static partial class NextTokenMask
{
    /// <summary>Determines whether every value of a mask follows the rule, and for how many real tokens.</summary>
    /// <typeparam name="T">The item type of the mask.</typeparam>
    /// <param name="mask">(P + K * P, P + K * P), row-major (query, key).</param>
    /// <param name="paddedTokens">P, the length of each half.</param>
    /// <param name="blocked">The value where a query may not attend a key.</param>
    /// <param name="allowed">The value where it may.</param>
    /// <param name="tokens">T, the number of real tokens in each half, 1 to P; 0 if the mask does not follow the rule.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>Whether the mask follows the rule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">P or K is not positive, or the mask would not fit one array.</exception>
    public static bool TryMatch<T>(ReadOnlySpan<T> mask, int paddedTokens, T blocked, T allowed, out int tokens, int candidatesPerToken = 1)
        where T : IEquatable<T>
    {
        tokens = 0;
        if (mask.Length != Count(paddedTokens, candidatesPerToken))
            return false;

        // Every real context position attends position 0; no padded position does.
        var width = Positions(paddedTokens, candidatesPerToken);
        var real = 0;
        while (real < paddedTokens && mask[real * width].Equals(allowed))
            real++;
        if (real == 0)
            return false;
        for (var query = 0; query < width; query++)
        {
            if (!TryMatch(mask.Slice(query * width, width), query, GetTime(query, paddedTokens, candidatesPerToken), real, blocked, allowed))
                return false;
        }

        tokens = real;
        return true;
    }

    // Compares runs of one value, as Fill writes them.
    private static bool TryMatch<T>(ReadOnlySpan<T> keys, int query, int time, int tokens, T blocked, T allowed)
        where T : IEquatable<T>
    {
        var context = time < tokens ? time + 1 : 0;
        if (keys[..context].IndexOfAnyExcept(allowed) >= 0)
            return false;
        if (query < context)
            return keys[context..].IndexOfAnyExcept(blocked) < 0;
        return keys[query].Equals(allowed)
            && keys[context..query].IndexOfAnyExcept(blocked) < 0
            && keys[(query + 1)..].IndexOfAnyExcept(blocked) < 0;
    }
}
