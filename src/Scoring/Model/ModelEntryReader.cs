using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Reads and checks the fields of an entry of a model zip, which is untrusted input.</summary>
internal static class ModelEntryReader
{
    // One page of memory, 4 KiB.
    private const int BlockFloats = 1024;

    /// <summary>Reads a 32-bit 0 or 1.</summary>
    /// <exception cref="ModelEntryException">The value is another number.</exception>
    public static bool ReadFlag(BinaryReader reader, string option) => reader.ReadInt32() switch
    {
        0 => false,
        1 => true,
        var other => throw new ModelEntryException($"{option}: expected 0 or 1, found {other}"),
    };

    /// <summary>Reads floats. The caller checks their number against <see cref="RemainingBytes"/> first.</summary>
    /// <remarks>
    /// A zip of a megabyte can hold a gigabyte of zeros. Blocks of zeros are not written to the array, so the operating system does not
    /// commit memory for them until they are used.
    /// </remarks>
    /// <exception cref="EndOfStreamException">The file ends before the last value.</exception>
    public static float[] ReadSingles(BinaryReader reader, int count)
    {
        var values = new float[count];
        Span<byte> block = stackalloc byte[BlockFloats * sizeof(float)];
        for (var first = 0; first < count; first += BlockFloats)
        {
            var bytes = block[..(Math.Min(BlockFloats, count - first) * sizeof(float))];
            reader.BaseStream.ReadExactly(bytes);
            if (bytes.ContainsAnyExcept((byte)0))
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values.AsSpan(first));
        }

        return values;
    }

    /// <summary>Gets the number of bytes after the reader's position. Compare a count in the file with it before allocating.</summary>
    public static long RemainingBytes(BinaryReader reader) => reader.BaseStream.Length - reader.BaseStream.Position;

    /// <summary>Throws if a check found a problem.</summary>
    /// <exception cref="ModelEntryException">There is a problem.</exception>
    public static void Check((string Option, string Problem)? problem)
    {
        if (problem is { } found)
            throw new ModelEntryException($"{found.Option}: {found.Problem}");
    }
}
