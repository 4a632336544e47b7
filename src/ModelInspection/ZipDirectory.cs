using System.Buffers.Binary;

namespace MlNetNtd;

/// <summary>
/// Checks the central directory of a zip before .NET's reader allocates an object for each entry. Only unambiguous files pass: a plain
/// zip with 32-bit sizes that ends with its directory and an optional comment, stored or deflated, not encrypted.
/// </summary>
internal static class ZipDirectory
{
    /// <summary>The name of the zip itself in errors.</summary>
    public const string Name = "(zip)";

    private const int EndBytes = 22;
    private const uint EndSignature = 0x06054b50;
    private const int RecordBytes = 46;
    private const uint RecordSignature = 0x02014b50;
    private const int Encrypted = 1;
    private const int Stored = 0;
    private const int Deflated = 8;

    // The largest directory: a base size, and a size for each allowed entry.
    private const int DirectoryBytes = 1 << 20;
    private const int BytesPerEntry = 256;

    // The largest name of an entry. ML.NET's names are a few folders and a file name.
    private const int MaxNameBytes = 1024;

    /// <summary>Checks the directory.</summary>
    /// <exception cref="ModelFileException">The stream is not such a zip, or has too many entries.</exception>
    public static void Check(Stream stream, int maxEntries)
    {
        var length = stream.Length;
        if (length < EndBytes)
            throw CreateError("size", $"at least {EndBytes} bytes", $"{length}");

        Span<byte> end = stackalloc byte[EndBytes];
        var endAt = FindEnd(stream, length);
        stream.Position = endAt;
        stream.ReadExactly(end);

        var (disk, directoryDisk, here, count) = (UInt16(end, 4), UInt16(end, 6), UInt16(end, 8), UInt16(end, 10));
        if (disk != 0 || directoryDisk != 0 || here != count)
            throw CreateError("disks", "one", $"{count} entries of which {here} are on disk {disk}");
        if (count < 1 || count > maxEntries)
            throw CreateError("entries", $"1 to {maxEntries}", $"{count}");
        if (UInt16(end, 20) != length - EndBytes - endAt)
            throw CreateError("comment", $"{length - EndBytes - endAt} bytes, up to the end", $"{UInt16(end, 20)}");

        long size = UInt32(end, 12);
        long start = UInt32(end, 16);
        // All ones mean a 64-bit directory somewhere else.
        if (start == uint.MaxValue)
            throw CreateError("directory", "an offset of 32 bits", "one of 64");
        if (start + size != endAt)
            throw CreateError("directory", $"one that ends at byte {endAt}", $"{size} bytes from byte {start}");
        // .NET and ML.NET allocate several strings for each name, and keep the rest of each record.
        var maxSize = DirectoryBytes + (long)BytesPerEntry * maxEntries;
        if (size > maxSize)
            throw CreateError("directory", $"at most {maxSize} bytes", $"{size}");
        Walk(stream, start, size, count);
    }

    // Finds the end record like .NET's reader: at the last possible position, so that a comment that contains another record is not
    // ambiguous.
    private static long FindEnd(Stream stream, long length)
    {
        Span<byte> end = stackalloc byte[sizeof(uint)];
        stream.Position = length - EndBytes;
        stream.ReadExactly(end);
        if (UInt32(end, 0) == EndSignature)
            return length - EndBytes;

        var last = new byte[(int)Math.Min(length, EndBytes + ushort.MaxValue)];
        stream.Position = length - last.Length;
        stream.ReadExactly(last);
        BinaryPrimitives.WriteUInt32LittleEndian(end, EndSignature);
        var at = last.AsSpan(0, last.Length - EndBytes + end.Length).LastIndexOf(end);
        return at >= 0
            ? length - last.Length + at
            : throw CreateError("end", "the directory's end, and nothing but a comment behind it", "something else");
    }

    private static void Walk(Stream stream, long start, long size, int count)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        stream.Position = start;
        var left = size;
        for (var i = 0; i < count; i++)
        {
            if (left < RecordBytes)
                throw CreateError($"record {i}", $"{RecordBytes} bytes", $"{left}");
            stream.ReadExactly(record);
            var (nameBytes, extraBytes, commentBytes) = (UInt16(record, 28), UInt16(record, 30), UInt16(record, 32));
            left -= RecordBytes + nameBytes + extraBytes + commentBytes;
            if (UInt32(record, 0) != RecordSignature || left < 0)
                throw CreateError($"record {i}", "a whole record", "something else");
            if (nameBytes is 0 or > MaxNameBytes)
                throw CreateError($"record {i}, name", $"1 to {MaxNameBytes} bytes", $"{nameBytes}");
            if ((UInt16(record, 8) & Encrypted) != 0)
                throw CreateError($"record {i}, flags", "an entry that is not encrypted", "one that is");
            if (UInt16(record, 10) is not (Stored or Deflated) and var method)
                throw CreateError($"record {i}, method", $"{Stored} (stored) or {Deflated} (deflated)", $"{method}");

            // All ones mean a 64-bit size somewhere else.
            if (UInt32(record, 20) == uint.MaxValue || UInt32(record, 24) == uint.MaxValue || UInt32(record, 42) > start)
                throw CreateError($"record {i}, offset", $"sizes of 32 bits, before byte {start}", "others");
            stream.Seek(nameBytes + extraBytes + commentBytes, SeekOrigin.Current);
        }

        if (left != 0)
            throw CreateError("directory", $"{count} records and nothing else", $"{left} bytes more");
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static ModelFileException CreateError(string field, string expected, string found) => new(Name, field, expected, found);
}
