using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Classifies the values of an additive mask: those that block a key, those that are a bias, and those that are ambiguous.
/// </summary>
/// <remarks>
/// Two biases from -50 to 50 differ by at most 100, and e^-100 is above 0 in single precision, so a bias alone never blocks. At
/// -10,000, which BERT writes instead of negative infinity (others write -65504, -1e9 or the least number), softmax gives exactly
/// 0. Between the two the result depends on the scores.
/// </remarks>
internal static class AdditiveMask
{
    /// <summary>Describes a valid value, for error messages.</summary>
    public const string Expected = "0, or a bias from -50 to 50, where a query may attend a key, and negative infinity, or at most -10000, where it may not";

    /// <summary>Describes what is expected instead of a mask of zeros and ones, for error messages.</summary>
    public const string FlagsExpected = "negative infinity where a query may not attend a key, else 0, to be added to the scores";

    /// <summary>The largest value that blocks.</summary>
    public const float Blocking = -1e4f;

    /// <summary>The largest magnitude of a bias.</summary>
    public const float LargestBias = 50f;

    private const uint Zero = 0x0000_0000;
    private const uint NegativeZero = 0x8000_0000;
    private const uint One = 0x3F80_0000;

    /// <summary>Determines whether a value blocks.</summary>
    public static bool Blocks(float value) => value <= Blocking;

    /// <summary>Finds the first value that neither blocks nor is a bias; -1 if there is none.</summary>
    public static int IndexOfUnclear(ReadOnlySpan<float> values)
    {
        var (i, width) = (0, Vector<float>.Count);
        var (blocking, bias) = (new Vector<float>(Blocking), new Vector<float>(LargestBias));
        for (; i <= values.Length - width; i += width)
        {
            var vector = new Vector<float>(values[i..]);
            if (!Vector.EqualsAll(Vector.LessThanOrEqual(vector, blocking) | Vector.LessThanOrEqual(Vector.Abs(vector), bias), Vector<int>.AllBitsSet))
                break;
        }

        for (; i < values.Length; i++)
        {
            if (!Blocks(values[i]) && !(Math.Abs(values[i]) <= LargestBias))
                return i;
        }

        return -1;
    }

    /// <summary>
    /// Determines whether a mask has only zeros and ones, with at least one 1. Such flags, added to scores, block nothing.
    /// </summary>
    public static bool IsFlags(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        return bits.IndexOfAnyExcept(Zero, One, NegativeZero) < 0 && bits.Contains(One);
    }

    /// <summary>Determines whether a value other than negative infinity blocks.</summary>
    public static bool HasFiniteBlocking(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, uint>(values)
        .IndexOfAnyInRange(BitConverter.SingleToUInt32Bits(Blocking), BitConverter.SingleToUInt32Bits(float.MinValue)) >= 0;

    /// <summary>Copies a mask, with negative infinity for every value that blocks.</summary>
    public static void Normalize(ReadOnlySpan<float> values, Span<float> normalized)
    {
        for (var i = 0; i < values.Length; i++)
            normalized[i] = Blocks(values[i]) ? float.NegativeInfinity : values[i];
    }
}
