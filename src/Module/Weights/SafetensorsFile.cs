using System.Buffers.Binary;

namespace MlNetNtd;

/// <summary>A .safetensors file that is open: its header is read and checked, its tensors are read when they are asked for.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int PrefixBytes = sizeof(ulong);

    private readonly Stream _stream;
    private readonly string? _path;
    private readonly long _start;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    /// <param name="stream">Read from its position on; disposed with this.</param>
    /// <param name="path">Where it is, for messages; null: no file.</param>
    /// <exception cref="FormatException">It does not begin with the header of what it holds.</exception>
    public SafetensorsFile(Stream stream, string? path)
    {
        (_stream, _path) = (stream, path);
        try
        {
            var (header, left) = ReadHeader();
            var entries = SafetensorsHeader.Read(header, left);
            _start = stream.Position;
            _entries = entries.ToDictionary(entry => entry.Name);
            Entries = entries;
        }
        catch (SafetensorsProblemException problem)
        {
            throw Damaged(problem.Message, problem.InnerException);
        }
        catch (EndOfStreamException e)
        {
            throw Damaged("it ends too early", e);
        }
    }

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FormatException">It is no whole .safetensors file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
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

    /// <summary>The tensor of a name; null: there is none.</summary>
    public SafetensorsEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>Reads a tensor.</summary>
    /// <exception cref="FormatException">Its type is not known, or it is larger than an array.</exception>
    public TensorData Read(SafetensorsEntry entry)
    {
        var name = FileText.Shown(entry.Name);
        if (SafetensorsType.BitsOf(entry.DType) is null)
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
            throw Damaged("it ends too early", e);
        }

        return new TensorData(entry.DType, entry.Shape, data);
    }

    public void Dispose() => _stream.Dispose();

    private (byte[] Header, long DataBytes) ReadHeader()
    {
        var start = _stream.Position;
        var left = _stream.Length - start;
        if (left < PrefixBytes)
            throw new SafetensorsProblemException($"expected at least {PrefixBytes} bytes, found {left}");
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        _stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        left -= PrefixBytes;
        if (length > SafetensorsHeader.MaxBytes || length > (ulong)left)
        {
            _stream.Position = start;
            throw FileSignature.Recognize(_stream) is { } other
                ? Problem($"expected a .safetensors file, found {other}")
                : new SafetensorsProblemException($"a header of {length} bytes is announced, {left} bytes are left");
        }

        var header = new byte[length];
        _stream.ReadExactly(header);
        return (header, left - header.Length);
    }

    private FormatException Damaged(string problem, Exception? inner = null) =>
        new(_path is null ? $"Not a whole .safetensors file: {problem}." : $"{_path}: not a whole .safetensors file: {problem}.", inner);

    private FormatException Problem(string problem) => new(_path is null ? $"Cannot read the .safetensors file: {problem}." : $"{_path}: {problem}.");
}
