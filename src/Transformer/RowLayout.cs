namespace MlNetNtd;

/// <summary>The sizes of one row's outputs.</summary>
/// <param name="Tokens">T, the number of tokens without padding.</param>
/// <param name="PaddedTokens">P, the length of the context in tokens; T without padding.</param>
/// <param name="Dimension">C, the embedding dimension.</param>
/// <param name="CandidatesPerToken">K, the number of candidates of each token.</param>
internal readonly record struct RowLayout(int Tokens, int PaddedTokens, int Dimension, int CandidatesPerToken = 1)
{
    /// <summary>The number of values in the context without padding, T * C.</summary>
    public int ContextLength => Tokens * Dimension;

    /// <summary>The number of values in the context with padding, P * C.</summary>
    public int PaddedContextLength => PaddedTokens * Dimension;

    /// <summary>The number of values in the candidates without padding, T * K * C.</summary>
    public int CandidatesLength => CandidatesPerToken * ContextLength;

    /// <summary>The number of positions in the combined sequence, P + P * K.</summary>
    public int Positions => (1 + CandidatesPerToken) * PaddedTokens;

    /// <summary>The number of values in the combined sequence, (P + P * K) * C.</summary>
    public int CombinedLength => Positions * Dimension;

    /// <summary>The number of values in the mask, (P + P * K)².</summary>
    public int MaskLength => NextTokenMask.Count(PaddedTokens, CandidatesPerToken);
}
