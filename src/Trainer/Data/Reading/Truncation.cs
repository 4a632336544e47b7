namespace MlNetNtd;

/// <summary>Cuts a row down to its first tokens.</summary>
internal static class Truncation
{
    /// <summary>The first tokens of both halves.</summary>
    /// <param name="values">(2P, C).</param>
    /// <param name="tokens">How many of each half stay.</param>
    /// <param name="dimension">C.</param>
    public static float[] Cut(ReadOnlySpan<float> values, int tokens, int dimension) =>
        [.. values[..(tokens * dimension)], .. values.Slice(values.Length / 2, tokens * dimension)];

    /// <summary>A mask of the first tokens of both halves, as queries and as keys.</summary>
    public static AttentionMask Cut(AttentionMask mask, int tokens)
    {
        var (old, side) = (2 * mask.PaddedTokens, 2 * tokens);
        var values = new float[side * side];
        for (var query = 0; query < side; query++)
        {
            var source = mask.Values.AsSpan((query < tokens ? query : mask.PaddedTokens + query - tokens) * old, old);
            source[..tokens].CopyTo(values.AsSpan(query * side));
            source.Slice(mask.PaddedTokens, tokens).CopyTo(values.AsSpan(query * side + tokens));
        }

        return AttentionMask.Create(values);
    }
}
