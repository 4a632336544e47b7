namespace MlNetNtd;

/// <summary>One row as it was read: copies, the input may move on.</summary>
/// <param name="Values">The combined sequence, (2P, C), row-major, all finite.</param>
/// <param name="PaddedTokens">P, the length of each half.</param>
/// <param name="Mask">The mask, (2P, 2P); null: the next-token rule's.</param>
/// <param name="Tokens">T, the real tokens of each half; at most P.</param>
/// <param name="Labels">One for the row, one per token, or none.</param>
/// <param name="Weight">How much the row counts, above 0.</param>
/// <param name="Number">Which row of its view it is, from 0.</param>
internal sealed record SequenceRow(float[] Values, int PaddedTokens, AttentionMask? Mask, int Tokens, bool[] Labels, float Weight = 1f, long Number = 0)
{
    /// <summary>C.</summary>
    public int Dimension => Values.Length / (2 * PaddedTokens);
}
