namespace TorchSharp.Internal;

/// <summary>Non-negative integers as LEB128: seven bits a byte, lowest first, the top bit set on all but the last.</summary>
internal static class Leb128
{
    /// <summary>A 64-bit number never takes more.</summary>
    private const int MaxBytes = 10;

    public static void Write(BinaryWriter writer, long value)
    {
        if (value < 0)
            throw new NotImplementedException("Negative numbers are not written as LEB128.");
        while (value > 0x7f)
        {
            writer.Write((byte)(value | 0x80));
            value >>= 7;
        }

        writer.Write((byte)value);
    }

    public static long Read(BinaryReader reader)
    {
        var value = 0L;
        for (var i = 0; i < MaxBytes; i++)
        {
            var part = reader.ReadByte();
            value |= (part & 0x7fL) << (7 * i);
            if ((part & 0x80) == 0)
                return value;
        }

        throw new FormatException("A LEB128 number is longer than 64 bits.");
    }
}
