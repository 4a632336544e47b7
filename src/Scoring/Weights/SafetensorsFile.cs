using System.Buffers.Binary;

namespace MlNetNtd;

/// <summary>An open .safetensors file. The header is read and checked on opening; tensors are read on request.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int PrefixBytes = sizeof(ulong);

    private readonly Stream _stream;
    private readonly string? _path;
    private readonly long _start;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    /// <param name="stream">The stream, read from its position and disposed with this object.</param>
    /// <param name="path">The file's path, for messages; null if there is no file.</param>
    /// <exception cref="FormatException">The stream does not begin with a valid header.</exception>
    public SafetensorsFile(Stream stream, string? path)
    {
        (_stream, _path) = (stream, path);
        try
        {
            var (header, remaining) = ReadHeader();
            (Entries, Metadata) = SafetensorsHeader.Read(header, remaining);
            _start = stream.Position;
            _entries = Entries.ToDictionary(entry => entry.Name);
        }
        catch (SafetensorsProblemException problem)
        {
            throw Malformed(problem.Message, problem.InnerException);
        }
        catch (EndOfStreamException e)
        {
            throw Malformed("it ends too early", e);
        }
    }

    /// <summary>Gets the tensors in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Gets the metadata: texts by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FormatException">The file is not a complete .safetensors file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        var stream = File.OpenRead(path);
        try
        {
            return new SafetensorsFile(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor by name; null if there is none.</summary>
    public SafetensorsEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>Reads a tensor.</summary>
    /// <exception cref="FormatException">The tensor's type is unknown, or it is longer than an array.</exception>
    public TensorData Read(SafetensorsEntry entry)
    {
        var name = FileText.Shown(entry.Name);
        if (SafetensorsType.GetBits(entry.DType) is null)
            throw Problem($"tensor '{name}' is of type '{FileText.Shown(entry.DType)}', which is not known: expected one of {SafetensorsType.All}");
        var bytes = entry.End - entry.Begin;
        if (bytes > Array.MaxLength)
            throw Problem($"tensor '{name}': expected at most {Array.MaxLength} bytes, which is what one array holds, found {bytes}");
        var data = GC.AllocateUninitializedArray<byte>((int)bytes);
        try
        {
            _stream.Position = _start + entry.Begin;
            _stream.ReadExactly(data);
        }
        catch (EndOfStreamException e)
        {
            throw Malformed("it ends too early", e);
        }

        return new TensorData(entry.DType, entry.Shape, data);
    }

    public void Dispose() => _stream.Dispose();

    private (byte[] Header, long DataBytes) ReadHeader()
    {
        var start = _stream.Position;
        var remaining = _stream.Length - start;
        if (remaining < PrefixBytes)
            throw new SafetensorsProblemException($"expected at least {PrefixBytes} bytes, found {remaining}");
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        _stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        remaining -= PrefixBytes;
        if (length > SafetensorsHeader.MaxBytes || length > (ulong)remaining)
        {
            _stream.Position = start;
            throw FileSignature.Recognize(_stream) is { } other
                ? Problem($"expected a .safetensors file, found {other}")
                : new SafetensorsProblemException($"a header of {length} bytes is announced, {remaining} bytes are left");
        }

        var header = new byte[length];
        _stream.ReadExactly(header);
        return (header, remaining - header.Length);
    }

    private FormatException Malformed(string problem, Exception? inner = null) =>
        new(_path is null ? $"Not a whole .safetensors file: {problem}." : $"{_path}: not a whole .safetensors file: {problem}.", inner);

    private FormatException Problem(string problem) => new(_path is null ? $"Cannot read the .safetensors file: {problem}." : $"{_path}: {problem}.");
}
