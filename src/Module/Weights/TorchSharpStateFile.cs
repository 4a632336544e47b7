using System.Collections.Immutable;
using System.Text;

namespace MlNetNtd;

/// <summary>
/// Reads and writes TorchSharp's state files, as <c>module.save(path)</c> writes them: a count, then for each tensor its name,
/// type, rank and dimensions (variable-length integers) and its items. Native libtorch is not needed.
/// </summary>
internal static class TorchSharpStateFile
{
    // The file stores values of torch.ScalarType; these are the types of fixed size.
    private static readonly Dictionary<long, (string Name, int Bytes)> ItemTypes = new()
    {
        [0] = ("U8", 1),
        [1] = ("I8", 1),
        [2] = ("I16", 2),
        [3] = ("I32", 4),
        [4] = ("I64", 8),
        [5] = ("F16", 2),
        [SingleType] = (TensorData.F32, 4),
        [7] = ("F64", 8),
        [11] = ("BOOL", 1),
        [15] = ("BF16", 2),
    };

    private const long SingleType = 6;
    private const int MaxRank = 64;

    private const int MaxNameBytes = 1 << 16;

    // Bounds the cost of reading a file. Real files have far fewer.
    private const int MaxTensors = 1 << 18;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="wanted">The name of the only tensor whose items are read; null to read the items of all.</param>
    /// <returns>All tensors by name; unwanted ones have no items.</returns>
    /// <exception cref="FormatException">
    /// The file is not a complete state file, or a wanted tensor is longer than an array.
    /// </exception>
    public static IReadOnlyDictionary<string, TensorData> Read(string path, string? wanted = null)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        try
        {
            return Read(reader, path, wanted);
        }
        catch (FormatException) when (Recognize(reader.BaseStream) is { } other)
        {
            throw new FormatException($"{path}: expected a TorchSharp state file, found {other}.");
        }
    }

    private static Dictionary<string, TensorData> Read(BinaryReader reader, string path, string? wanted)
    {
        try
        {
            var tensors = new Dictionary<string, TensorData>();
            var count = ReadNumber(path, reader.Read7BitEncodedInt64);
            if (count is < 0 or > MaxTensors)
                throw Malformed(path, $"expected at most {MaxTensors} tensors, found {count}");
            for (var remaining = count; remaining > 0; remaining--)
            {
                var name = ReadName(reader, path);
                if (!tensors.TryAdd(name, ReadTensor(reader, path, name, wanted is null || name == wanted)))
                    throw Malformed(path, $"tensor '{FileText.Shown(name)}' is there twice");
            }

            return tensors;
        }
        catch (EndOfStreamException e)
        {
            throw Malformed(path, "it ends too early", e);
        }
    }

    /// <summary>Writes a file with one tensor of 32-bit floats.</summary>
    public static void WriteSingles(string path, string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        var (sizes, data) = (shape.ToArray(), TensorData.FromSingles(shape, values).Data);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new BinaryWriter(stream);
            writer.Write7BitEncodedInt64(1);
            writer.Write(name);
            writer.Write7BitEncodedInt64(SingleType);
            writer.Write7BitEncodedInt64(sizes.Length);
            foreach (var size in sizes)
                writer.Write7BitEncodedInt64(size);
            writer.Write(data.Span);
        });
    }

    private static string? Recognize(Stream stream)
    {
        stream.Position = 0;
        return FileSignature.Recognize(stream);
    }

    // BinaryReader's own error for an overlong number does not name the file.
    private static T ReadNumber<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw Malformed(path, "a number takes more bytes than it may", e);
        }
    }

    // BinaryReader throws an IOException for a negative length.
    private static string ReadName(BinaryReader reader, string path)
    {
        var length = ReadNumber(path, reader.Read7BitEncodedInt);
        var remaining = reader.BaseStream.Length - reader.BaseStream.Position;
        if (length < 0 || length > remaining)
            throw Malformed(path, $"a name of {length} bytes is announced, {remaining} are left");
        if (length > MaxNameBytes)
            throw Malformed(path, $"expected a name of at most {MaxNameBytes} bytes, found {length}");
        return Encoding.UTF8.GetString(reader.ReadBytes(length));
    }

    private static TensorData ReadTensor(BinaryReader reader, string path, string key, bool isWanted)
    {
        var name = FileText.Shown(key);
        var code = ReadNumber(path, reader.Read7BitEncodedInt64);
        if (!ItemTypes.TryGetValue(code, out var type))
            throw Malformed(path, $"tensor '{name}': unknown type {code}");
        var rank = ReadNumber(path, reader.Read7BitEncodedInt64);
        if (rank is < 0 or > MaxRank)
            throw Malformed(path, $"tensor '{name}': expected at most {MaxRank} dimensions, found {rank}");

        var shape = ImmutableArray.CreateBuilder<long>((int)rank);
        var remaining = reader.BaseStream.Length;
        long bytes = type.Bytes;
        for (var i = 0; i < rank; i++)
        {
            var size = ReadNumber(path, reader.Read7BitEncodedInt64);
            shape.Add(size);
            bytes = size < 0 || size > remaining || bytes > remaining || (size > 0 && bytes > long.MaxValue / size) ? long.MaxValue : bytes * size;
            if (bytes > remaining)
                throw Malformed(path, $"tensor '{name}': a dimension of {size} is announced, more than the file can hold");
        }

        remaining -= reader.BaseStream.Position;
        if (bytes > remaining)
            throw Malformed(path, $"tensor '{name}': {bytes} bytes are announced, {remaining} are left");
        if (!isWanted)
        {
            reader.BaseStream.Seek(bytes, SeekOrigin.Current);
            return new TensorData(type.Name, shape.MoveToImmutable(), default);
        }

        if (bytes > Array.MaxLength)
            throw new FormatException($"{path}: tensor '{name}': expected at most {Array.MaxLength} bytes, which is what one array holds, found {bytes}.");
        return new TensorData(type.Name, shape.MoveToImmutable(), reader.ReadBytes((int)bytes));
    }

    private static FormatException Malformed(string path, string problem, Exception? inner = null) =>
        new($"{path}: not a whole TorchSharp state file: {problem}.", inner);
}
