using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>
/// Reads and writes .safetensors files, the format in which PyTorch users exchange weights: the length of a header
/// (8 bytes, little-endian), the header (JSON: for each tensor its type, shape and place), the data.
/// </summary>
/// <remarks>
/// A file is anybody's word: lengths and places are checked before anything is allocated or read. A file may be of any length, a tensor
/// of it as long as an array: 2,147,483,591 bytes.
/// </remarks>
public static class Safetensors
{
    /// <summary>Reads all tensors of a file, by name.</summary>
    /// <exception cref="FormatException">
    /// The file is not a whole .safetensors file, or holds a tensor of a type that is not known or longer than an array.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, TensorData> Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Entries.ToDictionary(entry => entry.Name, file.Read);
    }

    /// <summary>Reads all tensors of a seekable stream, from its position to its end, by name.</summary>
    /// <exception cref="FormatException">
    /// The stream does not hold a whole .safetensors file, or holds a tensor of a type that is not known or longer than an array.
    /// </exception>
    public static IReadOnlyDictionary<string, TensorData> Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        // The stream stays the caller's, so this is not disposed.
        var file = new SafetensorsFile(stream, path: null);
        return file.Entries.ToDictionary(entry => entry.Name, file.Read);
    }

    /// <summary>
    /// Writes tensors to a file: those of the widest items first, so that each begins at a multiple of its item's size, else in the order
    /// given. An existing file is replaced, and keeps who may read it.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A name is given twice or is not allowed, or a tensor is not as long as its type and shape say; nothing is written.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written; what was there is still there.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, TensorData>> tensors)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var entries = tensors.ToList();
        if (FindProblem(entries) is { } problem)
            throw new ArgumentException(problem, nameof(tensors));
        entries = [.. entries.OrderByDescending(entry => SafetensorsType.BitsOf(entry.Value.DType))];
        var header = WriteHeader(entries);
        if (header.Length > SafetensorsHeader.MaxBytes)
            throw new ArgumentException($"The tensors cannot be written: expected a header of at most {SafetensorsHeader.MaxBytes} bytes, found {header.Length}.", nameof(tensors));
        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach (var (_, tensor) in entries)
                stream.Write(tensor.Data.Span);
        });
    }

    // What Read would refuse.
    private static string? FindProblem(List<KeyValuePair<string, TensorData>> entries)
    {
        if (entries.Count > SafetensorsHeader.MaxTensors)
            return $"The tensors cannot be written: expected at most {SafetensorsHeader.MaxTensors}, found {entries.Count}.";
        var names = new HashSet<string>(entries.Count);
        foreach (var (name, tensor) in entries)
        {
            if (FindProblem(name, tensor) is { } problem)
                return $"Tensor '{FileText.Shown(name ?? "")}' cannot be written: {problem}.";
            if (!names.Add(name!))
                return $"Tensor '{FileText.Shown(name!)}' cannot be written: the name is taken.";
        }

        return null;
    }

    private static string? FindProblem(string? name, TensorData? tensor)
    {
        if (name is null || !IsText(name))
            return "expected a name of Unicode text, found none";
        if (name == SafetensorsHeader.MetadataKey)
            return "the name is taken";
        if (tensor is null)
            return "expected a tensor, found none";
        if (tensor.DType is null || SafetensorsType.BitsOf(tensor.DType) is not { } bits)
            return $"expected a type of {SafetensorsType.All}, found {(tensor.DType is null ? "none" : $"'{FileText.Shown(tensor.DType)}'")}";
        if (tensor.Shape.IsDefault)
            return "expected a shape, found none";
        if (tensor.Shape.Length > SafetensorsHeader.MaxRank)
            return $"expected at most {SafetensorsHeader.MaxRank} dimensions, found {tensor.Shape.Length}";
        return SafetensorsType.BytesOf(bits, tensor.Shape.AsSpan()) != tensor.Data.Length
            ? $"shape ({string.Join(", ", tensor.Shape)}) of {tensor.DType} does not take {tensor.Data.Length} bytes"
            : null;
    }

    private static bool IsText(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
                i++;
            else if (char.IsSurrogate(name[i]))
                return false;
        }

        return true;
    }

    private static byte[] WriteHeader(List<KeyValuePair<string, TensorData>> entries)
    {
        var header = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            long place = 0;
            foreach (var (name, tensor) in entries)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.DType);
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [place, place + tensor.Data.Length]);
                json.WriteEndObject();
                place += tensor.Data.Length;
            }

            json.WriteEndObject();
        }

        // Padded with spaces so that the data begins at a multiple of 8, as the format's own writer does.
        while (header.WrittenCount % 8 != 0)
            header.Write(" "u8);
        return header.WrittenSpan.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ImmutableArray<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
