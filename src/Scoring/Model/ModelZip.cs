using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MlNetNtd;

/// <summary>Finds the entries of this library in an ML.NET model zip, without ML.NET.</summary>
/// <remarks>
/// ML.NET writes each part of a model as an entry <c>.../Model.key</c>: a header of 256 bytes, the part's own bytes, a table of strings.
/// Other parts are not read. Files are untrusted: lengths are checked before anything is allocated.
/// </remarks>
internal static class ModelZip
{
    private const string EntryName = "Model.key";
    private const int HeaderBytes = 256;

    // Offsets in the header.
    private const int ModelOffset = 16;
    private const int ModelLength = 24;
    private const int SignatureOffset = 64;
    private const int WrittenVersionOffset = 72;
    private const int ReadableVersionOffset = 76;

    // Far above any model's.
    private const int MaxEntries = 1 << 16;

    // A zip of a megabyte can hold a gigabyte of zeros. Trained weights hardly pack.
    private const int MaxFreeBytes = 8 << 20;
    private const int MaxBytesPerPackedByte = 4;

    private static ReadOnlySpan<byte> HeaderSignature => "ML\0MODEL"u8;

    /// <summary>Finds all parts that have a signature, by their headers.</summary>
    /// <param name="zip">The zip.</param>
    /// <param name="signature">The model signature, 8 characters.</param>
    /// <exception cref="ModelEntryException">The zip has too many entries.</exception>
    public static List<ZipArchiveEntry> Find(ZipArchive zip, string signature)
    {
        if (zip.Entries.Count > MaxEntries)
            throw new ModelEntryException($"expected at most {MaxEntries} entries, found {zip.Entries.Count}");
        return [.. zip.Entries.Where(entry => entry.Name == EntryName && HasSignature(entry, signature))];
    }

    /// <summary>Reads a part.</summary>
    /// <param name="entry">Its entry, from <see cref="Find"/>.</param>
    /// <param name="version">The version that <paramref name="read"/> reads.</param>
    /// <param name="names">The number of references to strings before the fields.</param>
    /// <param name="read">Reads the fields.</param>
    /// <exception cref="ModelEntryException">The part is malformed or of another version.</exception>
    public static T Read<T>(ZipArchiveEntry entry, uint version, int names, Func<BinaryReader, T> read)
    {
        try
        {
            using var reader = new BinaryReader(Open(entry, version));
            for (var i = 0; i < names; i++)
                reader.ReadInt32();
            var part = read(reader);
            return ModelEntryReader.RemainingBytes(reader) is > 0 and var rest ? throw new ModelEntryException($"its last {rest} bytes belong to no field") : part;
        }
        catch (EndOfStreamException e)
        {
            throw new ModelEntryException($"{FileText.Shown(entry.FullName)}: it ends too early", e);
        }
        catch (ModelEntryException e)
        {
            throw new ModelEntryException($"{FileText.Shown(entry.FullName)}: {e.Message}", e);
        }
    }

    private static bool HasSignature(ZipArchiveEntry entry, string signature)
    {
        using var stream = entry.Open();
        Span<byte> header = stackalloc byte[HeaderBytes];
        return stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes && header.StartsWith(HeaderSignature)
            && Encoding.Latin1.GetString(header.Slice(SignatureOffset, signature.Length)) == signature;
    }

    // The part's own bytes.
    private static MemoryStream Open(ZipArchiveEntry entry, uint version)
    {
        using var stream = entry.Open();
        Span<byte> header = stackalloc byte[HeaderBytes];
        stream.ReadExactly(header);
        CheckVersion(header, version);
        var (offset, length) = (BinaryPrimitives.ReadInt64LittleEndian(header[ModelOffset..]), BinaryPrimitives.ReadInt64LittleEndian(header[ModelLength..]));
        if (offset != HeaderBytes || length < 0 || length > entry.Length - HeaderBytes || length > Array.MaxLength)
            throw new ModelEntryException($"expected at most {entry.Length - HeaderBytes} bytes from offset {HeaderBytes}, found {length} from {offset}");
        var limit = MaxFreeBytes + MaxBytesPerPackedByte * entry.CompressedLength;
        return length <= limit
            ? ReadBytes(stream, (int)length)
            : throw new ModelEntryException($"expected at most {limit} bytes, as {entry.CompressedLength} packed bytes of weights give, found {length}");
    }

    // The rule of ML.NET: a part says which version wrote it, and the oldest version that reads it.
    private static void CheckVersion(ReadOnlySpan<byte> header, uint version)
    {
        var written = BinaryPrimitives.ReadUInt32LittleEndian(header[WrittenVersionOffset..]);
        var readable = BinaryPrimitives.ReadUInt32LittleEndian(header[ReadableVersionOffset..]);
        if (readable > version || written < version)
            throw new ModelEntryException($"expected version {Text(version)}, found {Text(readable > version ? readable : written)}");
    }

    // The declared size of an entry is untrusted too, so memory grows with the bytes that are really there.
    private static MemoryStream ReadBytes(Stream stream, int length)
    {
        var bytes = new MemoryStream();
        Span<byte> block = stackalloc byte[4096];
        for (var left = length; left > 0;)
        {
            var count = stream.Read(block[..Math.Min(left, block.Length)]);
            if (count == 0)
                throw new EndOfStreamException();
            bytes.Write(block[..count]);
            left -= count;
        }

        bytes.Position = 0;
        return bytes;
    }

    private static string Text(uint version) => $"{version >> 16}.{version & 0xFFFF}";
}
