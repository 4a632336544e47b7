using System.Buffers.Binary;
using System.Text;

namespace MlNetNtd;

/// <summary>Reads fields of an entry, and never beyond its end.</summary>
internal ref struct FieldReader(string entry, ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The name of the entry.</summary>
    public readonly string Entry => entry;

    /// <summary>The part of the entry that is being read. Errors put it in front of the field's name.</summary>
    public string Part { get; set; } = "";

    /// <summary>The position of the next field.</summary>
    public int Position { get; private set; }

    /// <summary>The number of bytes not yet read.</summary>
    public readonly int Left => _bytes.Length - Position;

    /// <summary>Reads bytes.</summary>
    /// <exception cref="ModelFileException">There are fewer.</exception>
    public ReadOnlySpan<byte> Bytes(string field, long count)
    {
        if (count < 0 || count > Left)
            throw CreateError(field, $"at most {Left} bytes, which are left", $"{count}");
        var read = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return read;
    }

    public byte Byte(string field) => Bytes(field, sizeof(byte))[0];

    public int Int32(string field) => BinaryPrimitives.ReadInt32LittleEndian(Bytes(field, sizeof(int)));

    public uint UInt32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(field, sizeof(uint)));

    public long Int64(string field) => BinaryPrimitives.ReadInt64LittleEndian(Bytes(field, sizeof(long)));

    public ulong UInt64(string field) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(field, sizeof(ulong)));

    /// <summary>Reads an unsigned LEB128 number and checks its maximum.</summary>
    public long Leb128(string field, long largest)
    {
        UInt128 value = 0;
        byte next;
        var shift = 0;
        do
        {
            next = Byte(field);
            value |= (UInt128)(uint)(next & 0x7F) << shift;
            shift += 7;
        }
        while ((next & 0x80) != 0 && shift < 70);

        if ((next & 0x80) != 0 || value > (ulong)largest)
            throw CreateError(field, $"a number of at most {largest}", (next & 0x80) != 0 ? "one that does not end" : $"{value}");
        return (long)value;
    }

    /// <summary>Reads a UTF-8 string that is prefixed with its length in bytes.</summary>
    public string Text(string field)
    {
        var bytes = Bytes(field, Leb128(field, int.MaxValue));
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw CreateError(field, "text in UTF-8", "bytes that are none", e);
        }
    }

    /// <summary>Sets the position.</summary>
    public void Seek(string field, long position)
    {
        if (position < 0 || position > _bytes.Length)
            throw CreateError(field, $"a position within {_bytes.Length} bytes", $"{position}");
        Position = (int)position;
    }

    /// <summary>Throws unless a field has the expected value.</summary>
    public readonly void Expect<T>(string field, T expected, T found)
        where T : IEquatable<T>
    {
        if (!expected.Equals(found))
            throw CreateError(field, $"{expected}", $"{found}");
    }

    /// <summary>Throws if a number is out of range; otherwise returns it.</summary>
    public readonly long InRange(string field, long smallest, long largest, long found) => found >= smallest && found <= largest
        ? found
        : throw CreateError(field, smallest > largest ? "none, for which there is no room" : $"{smallest} to {largest}", $"{found}");

    public readonly ModelFileException CreateError(string field, string expected, string found, Exception? inner = null) =>
        new(entry, Part.Length == 0 ? field : $"{Part}, {field}", expected, found, inner);
}
