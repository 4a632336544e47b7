using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Fields of a model file, each held against what it may be: the file is anybody's.</summary>
internal static class ModelReaderExtensions
{
    // A page of the system's memory.
    private const int BlockFloats = 1024;

    /// <summary>Reads a name, or null. Whether it may be missing is for the rules on settings.</summary>
    /// <exception cref="FormatException">It is no name of the file. ML.NET's own error does not say which one is meant.</exception>
    public static string? ReadName(IExceptionContext context, ModelLoadContext file, string option)
    {
        try
        {
            return file.LoadStringOrNull();
        }
        catch (FormatException e)
        {
            throw context.ModelFile($"{option}: it refers to a name that is not in the file", e);
        }
    }

    /// <summary>Reads a 32-bit 0 or 1.</summary>
    /// <exception cref="FormatException">It is another number.</exception>
    public static bool ReadFlag(IExceptionContext context, BinaryReader reader, string option) => reader.ReadInt32() switch
    {
        0 => false,
        1 => true,
        var other => throw context.ModelFile($"{option}: expected 0 or 1, found {other}"),
    };

    /// <summary>Reads values whose number was <see cref="RemainingBytes">held against what is left</see>.</summary>
    /// <remarks>
    /// A zip of a megabyte holds a gigabyte of zeros. What is zero is not written to the array, whose memory the system then does not provide
    /// before it is used.
    /// </remarks>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public static float[] ReadSingles(BinaryReader reader, int count)
    {
        var values = new float[count];
        Span<byte> block = stackalloc byte[BlockFloats * sizeof(float)];
        for (var first = 0; first < count; first += BlockFloats)
        {
            var some = block[..(Math.Min(BlockFloats, count - first) * sizeof(float))];
            reader.BaseStream.ReadExactly(some);
            if (some.ContainsAnyExcept((byte)0))
                MemoryMarshal.Cast<byte, float>(some).CopyTo(values.AsSpan(first));
        }

        return values;
    }

    /// <summary>Bytes behind the reader's place. A number in the file is its word only: compare before anything is allocated.</summary>
    public static long RemainingBytes(BinaryReader reader) => reader.BaseStream.Length - reader.BaseStream.Position;

    /// <summary>Refuses what the rules on settings refuse.</summary>
    /// <exception cref="FormatException">There is a problem.</exception>
    public static void Check(IExceptionContext context, (string Option, string Problem)? problem)
    {
        if (problem is { } found)
            throw context.ModelFile($"{found.Option}: {found.Problem}");
    }
}
