namespace MlNetNtd;

/// <summary>A copy of one validated row.</summary>
/// <param name="Values">The combined sequence, (P + P * K, C), row-major. All values are finite.</param>
/// <param name="PaddedTokens">P, the length of each half, in tokens.</param>
/// <param name="Mask">The mask, (P + P * K, P + P * K); null for the next-token rule.</param>
/// <param name="Tokens">T, the number of real tokens in each half, at most P.</param>
/// <param name="Labels">One label for the row, one per candidate, T * K, or none.</param>
/// <param name="Weight">The weight of the row, above 0.</param>
/// <param name="Number">The index of the row in its view.</param>
internal sealed record SequenceRow(float[] Values, int PaddedTokens, AttentionMask? Mask, int Tokens, bool[] Labels, float Weight = 1f, long Number = 0)
{
    /// <summary>Gets K, the number of candidates of each token.</summary>
    public int CandidatesPerToken { get; init; } = 1;

    /// <summary>Gets C, the dimension of one embedding.</summary>
    public int Dimension => Values.Length / ((1 + CandidatesPerToken) * PaddedTokens);
}
