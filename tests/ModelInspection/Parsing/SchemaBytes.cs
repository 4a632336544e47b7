using System.Text;

namespace MlNetNtd.Tests;

/// <summary>Pieces of ML.NET's binary format, as bytes.</summary>
internal static class SchemaBytes
{
    public static byte[] Leb128(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    public static byte[] Int32s(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    /// <summary>A text behind its length.</summary>
    public static byte[] Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return [.. Leb128(utf8.Length), .. utf8];
    }

    /// <summary>A type: its name, the size of what follows, and what follows.</summary>
    public static byte[] Type(string name, params byte[] rest) => [.. Text(name), .. Leb128(rest.Length), .. rest];

    /// <summary>The type of a vector.</summary>
    public static byte[] Vector(byte[] items, params int[] dimensions) =>
        Type("VBuffer", [.. items, .. Int32s(dimensions.Length), .. Int32s(dimensions)]);

    /// <summary>The type of a key.</summary>
    public static byte[] Key(string items, ulong count) => Type("Key2", [.. Type(items), .. BitConverter.GetBytes(count)]);

    /// <summary>The type of a key as older versions wrote it.</summary>
    public static byte[] OldKey(string items, byte contiguous, ulong smallest, int count) =>
        Type("Key", [.. Type(items), contiguous, .. BitConverter.GetBytes(smallest), .. Int32s(count)]);
}
