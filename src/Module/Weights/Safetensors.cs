using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>
/// Reads and writes .safetensors files, the format in which PyTorch users exchange weights: the length of a header
/// (8 bytes, little-endian), the header (JSON: for each tensor its type, shape and place), the data.
/// </summary>
/// <remarks>A file is anybody's word: lengths and places are checked before anything is allocated or read.</remarks>
public static class Safetensors
{
    private const int PrefixBytes = sizeof(ulong);

    // The limit of the format's own reader.
    private const int MaxHeaderBytes = 100_000_000;
    private const string MetadataKey = "__metadata__";

    private static readonly Dictionary<string, int> ItemBytes = new()
    {
        ["BOOL"] = 1,
        ["U8"] = 1,
        ["I8"] = 1,
        ["F8_E4M3"] = 1,
        ["F8_E5M2"] = 1,
        ["I16"] = 2,
        ["U16"] = 2,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["I32"] = 4,
        ["U32"] = 4,
        ["F32"] = 4,
        ["I64"] = 8,
        ["U64"] = 8,
        ["F64"] = 8,
    };

    /// <summary>Reads all tensors of a file, by name.</summary>
    /// <exception cref="FormatException">The file is not a whole .safetensors file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream);
    }

    /// <summary>Reads all tensors of a seekable stream, from its position to its end, by name.</summary>
    /// <exception cref="FormatException">The stream does not hold a whole .safetensors file.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var left = stream.Length - stream.Position;
        if (left < PrefixBytes)
            throw Damaged($"expected at least {PrefixBytes} bytes, found {left}");

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        stream.ReadExactly(prefix);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        left -= PrefixBytes;
        if (headerBytes > MaxHeaderBytes || headerBytes > (ulong)left)
            throw Damaged($"a header of {headerBytes} bytes is announced, {left} bytes are left");

        var header = new byte[headerBytes];
        stream.ReadExactly(header);
        left -= header.Length;
        if (left > Array.MaxLength)
            throw Damaged($"at most {Array.MaxLength} bytes of data can be read, found {left}");
        var entries = ReadHeader(header, left);

        var data = new byte[left];
        stream.ReadExactly(data);
        return entries.ToDictionary(
            entry => entry.Name,
            entry => new StoredTensor(entry.DType, entry.Shape, data.AsMemory((int)entry.Begin, (int)(entry.End - entry.Begin))));
    }

    /// <summary>Writes tensors to a file, in the order given. An existing file is replaced.</summary>
    /// <exception cref="ArgumentException">A name is given twice or is not allowed.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there is still there.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, StoredTensor>> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var entries = tensors.ToList();
        var header = WriteHeader(entries);
        WholeFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[PrefixBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach (var (_, tensor) in entries)
                stream.Write(tensor.Data.Span);
        });
    }

    private static List<Entry> ReadHeader(byte[] header, long dataBytes)
    {
        var entries = new List<Entry>();
        try
        {
            using var json = JsonDocument.Parse(header);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name != MetadataKey)
                    entries.Add(ReadEntry(property));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Damaged("its header is not what the format says", e);
        }

        CheckPlaces(entries, dataBytes);
        return entries;
    }

    private static Entry ReadEntry(JsonProperty property)
    {
        var dtype = property.Value.GetProperty("dtype").GetString() ?? "";
        if (!ItemBytes.TryGetValue(dtype, out var itemBytes))
            throw Damaged($"tensor '{property.Name}': unknown type '{dtype}'");

        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToImmutableArray();
        var places = property.Value.GetProperty("data_offsets").EnumerateArray().Select(place => place.GetInt64()).ToArray();
        if (places.Length != 2)
            throw Damaged($"tensor '{property.Name}': expected two data offsets, found {places.Length}");
        return new Entry(property.Name, dtype, shape, places[0], places[1], itemBytes);
    }

    // Tensors lie one behind another, from the first byte of the data to the last.
    private static void CheckPlaces(List<Entry> entries, long dataBytes)
    {
        var names = new HashSet<string>();
        long next = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (!names.Add(entry.Name))
                throw Damaged($"tensor '{entry.Name}' is there twice");
            if (entry.Begin != next || entry.End < entry.Begin || entry.End > dataBytes)
                throw Damaged($"tensor '{entry.Name}': bytes {entry.Begin} to {entry.End} of {dataBytes}, expected from {next}");
            if (entry.Bytes() != entry.End - entry.Begin)
                throw Damaged($"tensor '{entry.Name}': shape ({string.Join(", ", entry.Shape)}) of {entry.DType} does not take {entry.End - entry.Begin} bytes");
            next = entry.End;
        }

        if (next != dataBytes)
            throw Damaged($"{dataBytes - next} bytes belong to no tensor");
    }

    private static byte[] WriteHeader(List<KeyValuePair<string, StoredTensor>> entries)
    {
        var header = new Dictionary<string, object>();
        long place = 0;
        foreach (var (name, tensor) in entries)
        {
            if (name == MetadataKey || !header.TryAdd(name, Describe(tensor, place)))
                throw new ArgumentException($"Tensor '{name}' cannot be written: the name is taken.", nameof(entries));
            place += tensor.Data.Length;
        }

        // Padded with spaces so that the data begins at a multiple of 8, as the format's own writer does.
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = new byte[(json.Length + 7) / 8 * 8];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }

    private static Dictionary<string, object> Describe(StoredTensor tensor, long place) => new Dictionary<string, object>
    {
        ["dtype"] = tensor.DType,
        ["shape"] = tensor.Shape,
        ["data_offsets"] = new[] { place, place + tensor.Data.Length },
    };

    private static FormatException Damaged(string problem, Exception? inner = null) =>
        new($"Not a whole .safetensors file: {problem}.", inner);

    private sealed record Entry(string Name, string DType, ImmutableArray<long> Shape, long Begin, long End, int ItemBytes)
    {
        /// <summary>What the shape takes; -1 where that cannot be.</summary>
        public long Bytes()
        {
            try
            {
                return Shape.Any(size => size < 0) ? -1 : Shape.Aggregate((long)ItemBytes, (bytes, size) => checked(bytes * size));
            }
            catch (OverflowException)
            {
                return -1;
            }
        }
    }
}
