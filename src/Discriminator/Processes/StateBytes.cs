using System.Runtime.InteropServices;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>A state as bytes, for other processes: what a checkpoint holds, without its head.</summary>
internal static class StateBytes
{
    /// <summary>Writes a state: any type that <c>System.Text.Json</c> writes, arrays of floats beside.</summary>
    public static byte[] Write<TState>(TState state)
    {
        var arrays = new List<float[]>();
        var json = JsonSerializer.SerializeToUtf8Bytes(state, FloatArrays.Json(arrays));
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(json.Length);
        writer.Write(json);
        foreach (var array in arrays)
        {
            writer.Write(array.Length);
            writer.Write(MemoryMarshal.AsBytes(array.AsSpan()));
        }

        return bytes.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static TState Read<TState>(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var json = reader.ReadBytes(reader.ReadInt32());
        var arrays = new List<float[]>();
        while (reader.BaseStream.Position < bytes.Length)
            arrays.Add(MemoryMarshal.Cast<byte, float>(reader.ReadBytes(reader.ReadInt32() * sizeof(float))).ToArray());
        return JsonSerializer.Deserialize<TState>(json, FloatArrays.Json(arrays))!;
    }
}
