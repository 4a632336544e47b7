using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Accesses the bytes of a float array block by block, because a long array has more bytes than a span can hold.</summary>
internal static class FloatBlocks
{
    private const int MaxFloats = 1 << 22;

    /// <summary>Processes the bytes of one block.</summary>
    public delegate void BlockAction(Span<byte> bytes);

    /// <summary>Calls a delegate for each block of an array, in order.</summary>
    public static void ForEach(float[] array, BlockAction action)
    {
        for (var first = 0; first < array.Length; first += Math.Min(MaxFloats, array.Length - first))
            action(MemoryMarshal.AsBytes(array.AsSpan(first, Math.Min(MaxFloats, array.Length - first))));
    }
}
