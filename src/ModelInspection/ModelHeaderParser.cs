using System.Text;

namespace MlNetNtd;

/// <summary>
/// Parses the header that ML.NET writes before every part with a loader. It divides the rest of the entry into the stage's own bytes,
/// a string table, the name of an assembly, and a tail signature.
/// </summary>
/// <remarks>In ML.NET's reader the sums of these offsets can overflow, and it then allocates the declared size. Here they cannot.</remarks>
internal sealed class ModelHeaderParser
{
    /// <summary>The size of the header, in bytes.</summary>
    public const int HeaderBytes = 256;

    private const uint FirstVersion = 0x00010001;
    private const uint CurrentVersion = 0x00010002;
    private const int LoaderBytes = 24;
    private const int TailBytes = sizeof(ulong);

    // Far above any assembly's display name.
    private const int MaxAssemblyBytes = 2048;

    // The string table holds column names and the like. Vocabularies have entries of their own.
    private const int MaxNameBytes = 8 << 20;

    private long _stringTable;
    private long _assemblyName;

    private ModelHeaderParser()
    {
    }

    /// <summary>The first bytes of the header.</summary>
    public static ReadOnlySpan<byte> Signature => "ML\0MODEL"u8;

    public string LoaderSignature { get; private init; } = "";

    public string OtherLoaderSignature { get; private init; } = "";

    public string ModelSignature { get; private init; } = "";

    public uint ModelVersion { get; private init; }

    /// <summary>The earliest version of the format's reader that can read the stage.</summary>
    public uint ModelReadableVersion { get; private init; }

    /// <summary>The number of the stage's own bytes.</summary>
    public long ModelBytes { get; private set; }

    /// <summary>The offset of the names, after the stage's own bytes.</summary>
    public long Names => HeaderBytes + ModelBytes;

    /// <summary>The number of strings.</summary>
    public int Strings => (int)(_stringTable / sizeof(long));

    private static ReadOnlySpan<byte> TailSignature => "LEDOM\0LM"u8;

    /// <summary>Reads the header of an entry of a given size.</summary>
    /// <exception cref="ModelFileException">It is not a header, or its parts are not consecutive up to the end of the entry.</exception>
    public static ModelHeaderParser Read(string entry, ReadOnlySpan<byte> start, long entryBytes)
    {
        var reader = new FieldReader(entry, start);
        if (!reader.Bytes("Signature", Signature.Length).SequenceEqual(Signature))
            throw reader.CreateError("Signature", "a model's header", "something else");
        var written = reader.UInt32("VerWritten");
        reader.InRange("VerWritten", FirstVersion, uint.MaxValue, written);
        reader.InRange("VerReadable", 0, Math.Min(written, CurrentVersion), reader.UInt32("VerReadable"));

        // The bytes that are left for the next parts.
        var left = entryBytes - HeaderBytes - TailBytes;
        reader.Expect("FpModel", HeaderBytes, reader.Int64("FpModel"));
        var modelBytes = reader.InRange("CbModel", 0, left, reader.Int64("CbModel"));
        left -= modelBytes;
        var next = HeaderBytes + modelBytes;
        var (stringTable, stringChars) = ReadStrings(ref reader, ref next, left);

        var modelSignature = Ascii(reader.Bytes("ModelSignature", sizeof(ulong)));
        var modelVersion = reader.UInt32("ModelVerWritten");
        var modelReadable = reader.UInt32("ModelVerReadable");
        var loader = Ascii(reader.Bytes("LoaderSignature", LoaderBytes));
        var otherLoader = Ascii(reader.Bytes("LoaderSignatureAlt", LoaderBytes));
        var (tail, end) = (reader.Int64("FpTail"), reader.Int64("FpLim"));
        var (offset, bytes) = (reader.Int64("FpAssemblyName"), reader.UInt32("CbAssemblyName"));
        if (offset != 0)
        {
            reader.InRange("VerWritten", CurrentVersion, uint.MaxValue, written);
            reader.Expect("FpAssemblyName", next, offset);
        }

        left = entryBytes - TailBytes - next;
        reader.InRange("CbAssemblyName", 0, offset == 0 ? 0 : Math.Min(left, MaxAssemblyBytes), bytes);
        reader.Expect("CbAssemblyName, odd bytes", 0u, bytes % sizeof(char));
        reader.Expect("FpTail", next + bytes, tail);
        reader.Expect("FpLim", next + bytes + TailBytes, end);
        reader.Expect("FpLim, against the entry's size", entryBytes, end);
        reader.InRange("names", 0, MaxNameBytes, entryBytes - HeaderBytes - modelBytes);
        return new ModelHeaderParser
        {
            LoaderSignature = loader,
            OtherLoaderSignature = otherLoader,
            ModelSignature = modelSignature,
            ModelVersion = modelVersion,
            ModelReadableVersion = modelReadable,
            ModelBytes = modelBytes,
            _stringTable = stringTable,
            _assemblyName = stringTable + stringChars,
        };
    }

    /// <summary>Reads and checks the bytes after the stage's own: the strings, the assembly name and the tail.</summary>
    /// <returns>The name of the assembly; null if there is none.</returns>
    /// <exception cref="ModelFileException">The strings are not consecutive, or the tail signature is missing.</exception>
    public string? ReadNames(string entry, ReadOnlySpan<byte> names)
    {
        var reader = new FieldReader(entry, names);
        long last = 0;
        for (var i = 0; i < Strings; i++)
        {
            var offset = reader.Int64("strings");
            if (offset % sizeof(char) != 0 || offset < last || offset > _assemblyName - _stringTable)
                throw reader.CreateError("strings", $"an end from {last} to {_assemblyName - _stringTable}", $"{offset}");
            last = offset;
        }

        reader.Expect("strings, end of the last", _assemblyName - _stringTable, last);
        reader.Seek("FpAssemblyName", _assemblyName);
        var assembly = Encoding.Unicode.GetString(reader.Bytes("assembly name", reader.Left - TailBytes));
        if (!reader.Bytes("tail", TailBytes).SequenceEqual(TailSignature))
            throw reader.CreateError("tail", "the mark at the end", "something else");
        return assembly.Length == 0 ? null : assembly;
    }

    /// <summary>Gets a string by its index. <see cref="ReadNames"/> has checked the table.</summary>
    public string String(string entry, ReadOnlySpan<byte> names, int index)
    {
        var reader = new FieldReader(entry, names);
        reader.InRange("reference to a string", 0, Strings - 1, index);
        long begin = 0;
        if (index > 0)
        {
            reader.Seek("string", (index - 1) * sizeof(long));
            begin = reader.Int64("string");
        }

        reader.Seek("string", index * sizeof(long));
        var end = reader.Int64("string");
        reader.Seek("string", _stringTable + begin);
        return Encoding.Unicode.GetString(reader.Bytes("string", end - begin));
    }

    private static (long Table, long Characters) ReadStrings(ref FieldReader reader, ref long next, long left)
    {
        var (tableOffset, tableBytes) = (reader.Int64("FpStringTable"), reader.Int64("CbStringTable"));
        var (charsOffset, charsBytes) = (reader.Int64("FpStringChars"), reader.Int64("CbStringChars"));
        if (tableOffset == 0)
        {
            reader.Expect("CbStringTable", 0, tableBytes);
            reader.Expect("FpStringChars", 0, charsOffset);
            reader.Expect("CbStringChars", 0, charsBytes);
            return (0, 0);
        }

        reader.Expect("FpStringTable", next, tableOffset);
        reader.InRange("CbStringTable", sizeof(long), left, tableBytes);
        reader.Expect("CbStringTable, odd bytes", 0, tableBytes % sizeof(long));
        reader.Expect("FpStringChars", next + tableBytes, charsOffset);
        reader.InRange("CbStringChars", 0, left - tableBytes, charsBytes);
        reader.Expect("CbStringChars, odd bytes", 0, charsBytes % sizeof(char));
        next += tableBytes + charsBytes;
        return (tableBytes, charsBytes);
    }

    private static string Ascii(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes.TrimEnd((byte)0));
}
