using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>The values of an additive mask: which of them block, which are a bias, and which are neither.</summary>
/// <remarks>
/// Two keys whose biases lie between -50 and 50 differ by at most 100, and e^-100 is still above 0 in single precision, so a
/// bias alone never blocks. At -10,000, the least of the values that libraries write instead of negative infinity (BERT;
/// others write -65504, -1e9 or the least number), softmax gives exactly 0. Between the two it depends on the scores.
/// </remarks>
internal static class AdditiveMask
{
    /// <summary>What each value must be, in the words of the error messages.</summary>
    public const string Expected = "0, or a bias from -50 to 50, where a query may attend a key, and negative infinity, or at most -10000, where it may not";

    /// <summary>What a mask of flags is refused for.</summary>
    public const string FlagsExpected = "negative infinity where a query may not attend a key, else 0, to be added to the scores";

    /// <summary>The largest value that blocks.</summary>
    public const float Blocking = -1e4f;

    /// <summary>The largest bias, and below zero the least.</summary>
    public const float LargestBias = 50f;

    private const uint Zero = 0x0000_0000;
    private const uint NegativeZero = 0x8000_0000;
    private const uint One = 0x3F80_0000;

    /// <summary>Whether a value blocks.</summary>
    public static bool Blocks(float value) => value <= Blocking;

    /// <summary>The first value that neither blocks nor is a bias; -1 where there is none.</summary>
    public static int IndexOfUnclear(ReadOnlySpan<float> values)
    {
        var (i, width) = (0, Vector<float>.Count);
        var (blocking, bias) = (new Vector<float>(Blocking), new Vector<float>(LargestBias));
        for (; i <= values.Length - width; i += width)
        {
            var some = new Vector<float>(values[i..]);
            if (!Vector.EqualsAll(Vector.LessThanOrEqual(some, blocking) | Vector.LessThanOrEqual(Vector.Abs(some), bias), Vector<int>.AllBitsSet))
                break;
        }

        for (; i < values.Length; i++)
        {
            if (!Blocks(values[i]) && !(Math.Abs(values[i]) <= LargestBias))
                return i;
        }

        return -1;
    }

    /// <summary>Whether there is nothing but zeros and ones, and a one among them: flags, which added to scores block nothing.</summary>
    public static bool IsFlags(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        return bits.IndexOfAnyExcept(Zero, One, NegativeZero) < 0 && bits.Contains(One);
    }

    /// <summary>Whether a value other than negative infinity blocks.</summary>
    public static bool HasFiniteBlocking(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, uint>(values)
        .IndexOfAnyInRange(BitConverter.SingleToUInt32Bits(Blocking), BitConverter.SingleToUInt32Bits(float.MinValue)) >= 0;

    /// <summary>The same mask with negative infinity wherever it blocks.</summary>
    public static void Normalize(ReadOnlySpan<float> values, Span<float> normalized)
    {
        for (var i = 0; i < values.Length; i++)
            normalized[i] = Blocks(values[i]) ? float.NegativeInfinity : values[i];
    }
}
