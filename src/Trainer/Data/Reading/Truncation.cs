namespace MlNetNtd;

/// <summary>Truncates a row to its first tokens.</summary>
internal static class Truncation
{
    /// <summary>Returns the first tokens of the context and their candidates.</summary>
    /// <param name="values">The combined sequence, (P + P * K, C).</param>
    /// <param name="tokens">The number of tokens to keep.</param>
    /// <param name="dimension">C.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public static float[] Cut(ReadOnlySpan<float> values, int tokens, int dimension, int candidatesPerToken) =>
        [.. values[..(tokens * dimension)], .. values.Slice(values.Length / (1 + candidatesPerToken), candidatesPerToken * tokens * dimension)];

    /// <summary>Returns the mask of the first tokens of the context and their candidates, as queries and as keys.</summary>
    /// <param name="mask">The mask, (P + P * K, P + P * K).</param>
    /// <param name="tokens">The number of tokens to keep.</param>
    public static AttentionMask Cut(AttentionMask mask, int tokens)
    {
        var candidates = mask.CandidatesPerToken;
        var (oldSide, side) = ((1 + candidates) * mask.PaddedTokens, (1 + candidates) * tokens);
        var values = new float[side * side];
        for (var query = 0; query < side; query++)
        {
            var source = mask.Values.AsSpan((query < tokens ? query : mask.PaddedTokens + query - tokens) * oldSide, oldSide);
            source[..tokens].CopyTo(values.AsSpan(query * side));
            source.Slice(mask.PaddedTokens, candidates * tokens).CopyTo(values.AsSpan(query * side + tokens));
        }

        return AttentionMask.Create(values, candidates);
    }
}
