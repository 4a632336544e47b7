namespace MlNetNtd;

/// <summary>The sizes of one row's outputs.</summary>
/// <param name="Tokens">T, the row's real tokens.</param>
/// <param name="PaddedTokens">P, the length of each half; T where nothing is padded.</param>
/// <param name="Dimension">C.</param>
internal readonly record struct RowLayout(int Tokens, int PaddedTokens, int Dimension)
{
    /// <summary>Values of one half without padding, T * C.</summary>
    public int HalfLength => Tokens * Dimension;

    /// <summary>Values of one half with padding, P * C.</summary>
    public int PaddedHalfLength => PaddedTokens * Dimension;

    /// <summary>Values of the combined sequence, 2P * C.</summary>
    public int CombinedLength => 2 * PaddedHalfLength;

    /// <summary>Values of the mask, (2P)².</summary>
    public int MaskLength => NextTokenMask.Count(PaddedTokens);
}
