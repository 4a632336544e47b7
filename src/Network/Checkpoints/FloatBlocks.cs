using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>The bytes of arrays of floats, block by block: those of a long array are more than a span can have.</summary>
internal static class FloatBlocks
{
    private const int Floats = 1 << 22;

    /// <summary>Takes the bytes of an array, in order.</summary>
    public delegate void Take(Span<byte> bytes);

    /// <summary>Gives all blocks of an array.</summary>
    public static void ForEach(float[] array, Take take)
    {
        for (var first = 0; first < array.Length; first += Math.Min(Floats, array.Length - first))
            take(MemoryMarshal.AsBytes(array.AsSpan(first, Math.Min(Floats, array.Length - first))));
    }
}
