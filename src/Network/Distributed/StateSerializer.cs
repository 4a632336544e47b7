using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>A state as bytes, for other processes: what a checkpoint holds, without its head.</summary>
internal static class StateSerializer
{
    /// <summary>Writes a state: any type that a checkpoint could hold.</summary>
    /// <exception cref="InvalidOperationException">It takes more than an array of bytes has.</exception>
    public static byte[] Write<TState>(TState state)
    {
        var (head, arrays) = WriteHead(state);
        var length = head.Length + arrays.Sum(array => (long)array.Length * sizeof(float));
        if (length > Array.MaxLength)
            throw new InvalidOperationException($"What a process tells the others takes {length} bytes, expected at most {Array.MaxLength}.");
        var bytes = new byte[length];
        head.CopyTo(bytes, 0);
        var place = head.Length;
        foreach (var array in arrays)
        {
            MemoryMarshal.AsBytes(array.AsSpan()).CopyTo(bytes.AsSpan(place));
            place += array.Length * sizeof(float);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static TState Read<TState>(byte[] bytes)
    {
        var (json, arrays) = ReadHead(bytes);
        var place = HeadLength(json, arrays);
        foreach (var array in arrays)
        {
            bytes.AsSpan(place, array.Length * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(array.AsSpan()));
            place += array.Length * sizeof(float);
        }

        return StateJson.Read<TState>(json.Span, arrays);
    }

    /// <summary>Writes all of a state but its arrays, which may be longer together than one array of bytes.</summary>
    public static (byte[] Head, List<float[]> Arrays) WriteHead<TState>(TState state)
    {
        var (json, arrays) = StateJson.Write(state);
        int[] lengths = [json.Length, arrays.Count, .. arrays.Select(array => array.Length)];
        return ([.. MemoryMarshal.AsBytes(lengths.AsSpan()), .. json], arrays);
    }

    /// <summary>Reads what <see cref="WriteHead"/> wrote.</summary>
    /// <returns>The JSON, and arrays that are as long as those that were written.</returns>
    public static (ReadOnlyMemory<byte> Json, List<float[]> Arrays) ReadHead(byte[] head)
    {
        var numbers = MemoryMarshal.Cast<byte, int>(head.AsSpan(0, head.Length / sizeof(int) * sizeof(int)));
        var (length, count) = (numbers[0], numbers[1]);
        var arrays = new List<float[]>(count);
        foreach (var floats in numbers.Slice(2, count))
            arrays.Add(new float[floats]);
        return (head.AsMemory((2 + count) * sizeof(int), length), arrays);
    }

    private static int HeadLength(ReadOnlyMemory<byte> json, List<float[]> arrays) => (2 + arrays.Count) * sizeof(int) + json.Length;
}
