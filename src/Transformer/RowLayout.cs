namespace MlNetNtd;

/// <summary>The sizes of one row's outputs.</summary>
/// <param name="Tokens">T, the number of tokens without padding.</param>
/// <param name="PaddedTokens">P, the length of each half in tokens; T without padding.</param>
/// <param name="Dimension">C, the embedding dimension.</param>
internal readonly record struct RowLayout(int Tokens, int PaddedTokens, int Dimension)
{
    /// <summary>The number of values in one half without padding, T * C.</summary>
    public int HalfLength => Tokens * Dimension;

    /// <summary>The number of values in one half with padding, P * C.</summary>
    public int PaddedHalfLength => PaddedTokens * Dimension;

    /// <summary>The number of values in the combined sequence, 2P * C.</summary>
    public int CombinedLength => 2 * PaddedHalfLength;

    /// <summary>The number of values in the mask, (2P)².</summary>
    public int MaskLength => NextTokenMask.Count(PaddedTokens);
}
