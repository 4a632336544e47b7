namespace MlNetNtd;

/// <summary>One row as it was read: copies, the input may move on.</summary>
/// <param name="Values">The combined sequence, (2P, C), row-major, all finite.</param>
/// <param name="Mask">The mask, (2P, 2P).</param>
/// <param name="Tokens">T, the real tokens of each half; at most P.</param>
/// <param name="Labels">One for the row, one a token, or none.</param>
/// <param name="Weight">How much the row counts, above 0.</param>
internal sealed record SequenceRow(float[] Values, AttentionMask Mask, int Tokens, bool[] Labels, float Weight = 1f)
{
    /// <summary>P, the length of each half.</summary>
    public int PaddedTokens => Mask.PaddedTokens;

    /// <summary>C.</summary>
    public int Dimension => Values.Length / (2 * PaddedTokens);
}
