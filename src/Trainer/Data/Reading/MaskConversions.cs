using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Converts Boolean masks to additive ones, and compares additive masks with the next-token rule.</summary>
internal static class MaskConversions
{
    /// <summary>Converts a Boolean mask to an additive one.</summary>
    /// <param name="mask">The Boolean mask.</param>
    /// <param name="trueBlocks">Whether <c>true</c> means blocked.</param>
    /// <param name="values">Receives 0 or negative infinity for each value of the mask.</param>
    public static void Additive(ReadOnlySpan<bool> mask, bool trueBlocks, Span<float> values)
    {
        for (var i = 0; i < mask.Length; i++)
            values[i] = mask[i] == trueBlocks ? float.NegativeInfinity : 0f;
    }

    /// <summary>Returns whether a mask follows the next-token rule. It compares bits, which is many times faster than comparing floats.</summary>
    /// <param name="mask">The values, (P + P * K, P + P * K).</param>
    /// <param name="paddedTokens">P.</param>
    /// <param name="blocked">The value of a blocked key.</param>
    /// <param name="allowed">The value of an allowed key.</param>
    /// <param name="tokens">The number of real tokens.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public static bool TryMatch(ReadOnlySpan<float> mask, int paddedTokens, float blocked, float allowed, out int tokens, int candidatesPerToken) => NextTokenMask.TryMatch(
        MemoryMarshal.Cast<float, int>(mask), paddedTokens, BitConverter.SingleToInt32Bits(blocked), BitConverter.SingleToInt32Bits(allowed),
        out tokens, candidatesPerToken);
}
