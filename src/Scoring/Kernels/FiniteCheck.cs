using System.Numerics;

namespace MlNetNtd;

/// <summary>Finds values that are not finite.</summary>
internal static class FiniteCheck
{
    /// <summary>Finds the first value that is infinite or not a number; -1 if all are finite.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        var i = 0;
        // x - x is 0, or not a number if x is not finite.
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var block = new Vector<float>(values[i..]);
            if (!Vector.EqualsAll(block - block, Vector<float>.Zero))
                break;
        }

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }
}
