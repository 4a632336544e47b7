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
    private const int VersionOffset = 72;

    // Far above any model's.
    private const int MaxEntries = 1 << 16;

    private static ReadOnlySpan<byte> HeaderSignature => "ML\0MODEL"u8;

    /// <summary>Reads all parts that have a signature.</summary>
    /// <param name="zip">The zip.</param>
    /// <param name="signature">The model signature, 8 characters.</param>
    /// <param name="version">The version that <paramref name="read"/> reads.</param>
    /// <param name="names">The number of references to strings before the fields.</param>
    /// <param name="read">Reads the fields.</param>
    /// <exception cref="ModelEntryException">A part is malformed or of another version.</exception>
    public static List<T> Read<T>(ZipArchive zip, string signature, uint version, int names, Func<BinaryReader, T> read)
    {
        if (zip.Entries.Count > MaxEntries)
            throw new ModelEntryException($"expected at most {MaxEntries} entries, found {zip.Entries.Count}");
        var parts = new List<T>();
        foreach (var entry in zip.Entries)
        {
            if (entry.Name == EntryName && OpenPart(entry, signature, version) is { } stream)
            {
                using var reader = new BinaryReader(stream);
                parts.Add(ReadPart(entry.FullName, reader, names, read));
            }
        }

        return parts;
    }

    private static T ReadPart<T>(string entry, BinaryReader reader, int names, Func<BinaryReader, T> read)
    {
        try
        {
            for (var i = 0; i < names; i++)
                reader.ReadInt32();
            return read(reader);
        }
        catch (EndOfStreamException e)
        {
            throw new ModelEntryException($"{FileText.Shown(entry)}: it ends too early", e);
        }
        catch (ModelEntryException e)
        {
            throw new ModelEntryException($"{FileText.Shown(entry)}: {e.Message}", e);
        }
    }

    // The part's own bytes; null if the entry is another part.
    private static MemoryStream? OpenPart(ZipArchiveEntry entry, string signature, uint version)
    {
        using var stream = entry.Open();
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.StartsWith(HeaderSignature)
            || Encoding.Latin1.GetString(header.Slice(SignatureOffset, signature.Length)) != signature)
        {
            return null;
        }

        var name = FileText.Shown(entry.FullName);
        var found = BinaryPrimitives.ReadUInt32LittleEndian(header[VersionOffset..]);
        if (found != version)
            throw new ModelEntryException(FormattableString.Invariant($"{name}: expected version {Text(version)}, found {Text(found)}"));
        var (offset, length) = (BinaryPrimitives.ReadInt64LittleEndian(header[ModelOffset..]), BinaryPrimitives.ReadInt64LittleEndian(header[ModelLength..]));
        if (offset != HeaderBytes || length < 0 || length > entry.Length - HeaderBytes || length > Array.MaxLength)
            throw new ModelEntryException(FormattableString.Invariant($"{name}: expected at most {entry.Length - HeaderBytes} bytes from offset {HeaderBytes}, found {length} from {offset}"));
        return ReadBytes(stream, (int)length, name);
    }

    // The declared size of an entry is untrusted too, so memory grows with the bytes that are really there.
    private static MemoryStream ReadBytes(Stream stream, int length, string name)
    {
        var bytes = new MemoryStream();
        Span<byte> block = stackalloc byte[4096];
        for (var left = length; left > 0;)
        {
            var count = stream.Read(block[..Math.Min(left, block.Length)]);
            if (count == 0)
                throw new ModelEntryException($"{name}: it ends too early");
            bytes.Write(block[..count]);
            left -= count;
        }

        bytes.Position = 0;
        return bytes;
    }

    private static string Text(uint version) => $"{version >> 16}.{version & 0xFFFF}";
}
