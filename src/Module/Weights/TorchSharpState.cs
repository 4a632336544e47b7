using System.Collections.Immutable;
using System.Text;

namespace MlNetNtd;

/// <summary>
/// TorchSharp's state files, as <c>module.save(path)</c> writes them: a count, then for each tensor its name, type,
/// rank and dimensions (variable-length integers) and its items. Read and written without native libtorch.
/// </summary>
internal static class TorchSharpState
{
    // torch.ScalarType's numbers, which the file holds, of the types whose size is fixed.
    private static readonly Dictionary<long, (string Name, int Bytes)> ItemTypes = new()
    {
        [0] = ("U8", 1),
        [1] = ("I8", 1),
        [2] = ("I16", 2),
        [3] = ("I32", 4),
        [4] = ("I64", 8),
        [5] = ("F16", 2),
        [SingleType] = (StoredTensor.F32, 4),
        [7] = ("F64", 8),
        [11] = ("BOOL", 1),
        [15] = ("BF16", 2),
    };

    private const long SingleType = 6;
    private const int MaxRank = 64;

    /// <summary>Reads all tensors of a file, by name.</summary>
    /// <exception cref="FormatException">The file is not a whole state file.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        try
        {
            var tensors = new Dictionary<string, StoredTensor>();
            for (var left = reader.Read7BitEncodedInt64(); left > 0; left--)
            {
                var name = ReadName(reader, path);
                if (!tensors.TryAdd(name, ReadTensor(reader, path, name)))
                    throw Damaged(path, $"tensor '{name}' is there twice");
            }

            return tensors;
        }
        catch (EndOfStreamException e)
        {
            throw Damaged(path, "it ends too early", e);
        }
    }

    /// <summary>Writes one tensor of 32-bit floats.</summary>
    public static void WriteSingles(string path, string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        var (sizes, data) = (shape.ToArray(), StoredTensor.OfSingles(shape, values).Data);
        WholeFile.Write(path, stream =>
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

    // BinaryReader's own answers a length below zero with an IOException.
    private static string ReadName(BinaryReader reader, string path)
    {
        var length = reader.Read7BitEncodedInt();
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (length < 0 || length > left)
            throw Damaged(path, $"a name of {length} bytes is announced, {left} are left");
        return Encoding.UTF8.GetString(reader.ReadBytes(length));
    }

    private static StoredTensor ReadTensor(BinaryReader reader, string path, string name)
    {
        var code = reader.Read7BitEncodedInt64();
        if (!ItemTypes.TryGetValue(code, out var type))
            throw Damaged(path, $"tensor '{name}': unknown type {code}");
        var rank = reader.Read7BitEncodedInt64();
        if (rank is < 0 or > MaxRank)
            throw Damaged(path, $"tensor '{name}': expected at most {MaxRank} dimensions, found {rank}");

        var shape = ImmutableArray.CreateBuilder<long>((int)rank);
        var left = reader.BaseStream.Length;
        long bytes = type.Bytes;
        for (var i = 0; i < rank; i++)
        {
            var size = reader.Read7BitEncodedInt64();
            shape.Add(size);
            // No product of sizes within the file's length overflows.
            bytes = size < 0 || size > left || bytes > left ? long.MaxValue : bytes * size;
            if (bytes > left)
                throw Damaged(path, $"tensor '{name}': a dimension of {size} is announced, more than the file can hold");
        }

        left -= reader.BaseStream.Position;
        if (bytes > left)
            throw Damaged(path, $"tensor '{name}': {bytes} bytes are announced, {left} are left");
        return new StoredTensor(type.Name, shape.MoveToImmutable(), reader.ReadBytes((int)bytes));
    }

    private static FormatException Damaged(string path, string problem, Exception? inner = null) =>
        new($"{path}: not a whole TorchSharp state file: {problem}.", inner);
}
