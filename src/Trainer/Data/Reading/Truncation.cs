namespace MlNetNtd;

/// <summary>Truncates a row to its first tokens.</summary>
internal static class Truncation
{
    /// <summary>Returns the first tokens of both halves.</summary>
    /// <param name="values">The combined sequence, (2P, C).</param>
    /// <param name="tokens">The number of tokens of each half to keep.</param>
    /// <param name="dimension">C.</param>
    public static float[] Cut(ReadOnlySpan<float> values, int tokens, int dimension) =>
        [.. values[..(tokens * dimension)], .. values.Slice(values.Length / 2, tokens * dimension)];

    /// <summary>Returns the mask of the first tokens of both halves, as queries and as keys.</summary>
    /// <param name="mask">The mask, (2P, 2P).</param>
    /// <param name="tokens">The number of tokens of each half to keep.</param>
    public static AttentionMask Cut(AttentionMask mask, int tokens)
    {
        var (oldSide, side) = (2 * mask.PaddedTokens, 2 * tokens);
        var values = new float[side * side];
        for (var query = 0; query < side; query++)
        {
            var source = mask.Values.AsSpan((query < tokens ? query : mask.PaddedTokens + query - tokens) * oldSide, oldSide);
            source[..tokens].CopyTo(values.AsSpan(query * side));
            source.Slice(mask.PaddedTokens, tokens).CopyTo(values.AsSpan(query * side + tokens));
        }

        return AttentionMask.Create(values);
    }
}
