using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>
/// Reads and writes .safetensors files, the format in which PyTorch users exchange weights: the length of the header (8 bytes,
/// little-endian), the header (JSON: the type, shape and offsets of each tensor), the data.
/// </summary>
/// <remarks>
/// Files are untrusted: lengths and offsets are checked before anything is allocated or read. A file may have any length; one
/// tensor is limited to the length of an array, 2,147,483,591 bytes.
/// </remarks>
public static class Safetensors
{
    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The tensors by name.</returns>
    /// <exception cref="FormatException">
    /// The file is not a complete .safetensors file, or has a tensor of an unknown type or longer than an array.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, TensorData> Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Entries.ToDictionary(entry => entry.Name, file.Read);
    }

    /// <summary>Reads all tensors of a seekable stream, from its position to its end.</summary>
    /// <param name="stream">The stream. It stays open.</param>
    /// <returns>The tensors by name.</returns>
    /// <exception cref="FormatException">
    /// The stream does not hold a complete .safetensors file, or has a tensor of an unknown type or longer than an array.
    /// </exception>
    public static IReadOnlyDictionary<string, TensorData> Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        // Not disposed: the stream belongs to the caller.
        var file = new SafetensorsFile(stream, path: null);
        return file.Entries.ToDictionary(entry => entry.Name, file.Read);
    }

    /// <summary>Reads the metadata of a file: texts by name, which writers put into the header beside the tensors.</summary>
    /// <param name="path">The file's path.</param>
    /// <exception cref="FormatException">The file is not a complete .safetensors file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Metadata;
    }

    /// <summary>Reads the metadata of a seekable stream, which holds a file from its position to its end.</summary>
    /// <param name="stream">The stream. It stays open.</param>
    /// <exception cref="FormatException">The stream does not hold a complete .safetensors file.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        // Not disposed: the stream belongs to the caller.
        return new SafetensorsFile(stream, path: null).Metadata;
    }

    /// <summary>
    /// Writes tensors to a file, in the given order except that types with wider items come first, so that each tensor begins at a
    /// multiple of its item size. An existing file is replaced and its permissions are kept.
    /// </summary>
    /// <param name="path">The file's path.</param>
    /// <param name="tensors">The tensors and their names.</param>
    /// <param name="metadata">Texts by name, for the header's <c>__metadata__</c>; null: none.</param>
    /// <exception cref="ArgumentException">
    /// A name is repeated or not allowed, or a tensor's length does not match its type and shape. Nothing is written.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written. The previous file is unchanged.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, TensorData>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var entries = tensors.ToList();
        if (FindProblem(entries) is { } problem)
            throw new ArgumentException(problem, nameof(tensors));
        entries = [.. entries.OrderByDescending(entry => SafetensorsType.GetBits(entry.Value.DType))];
        var header = WriteHeader(entries, metadata);
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

    // Finds what Read would reject.
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
        if (tensor.DType is null || SafetensorsType.GetBits(tensor.DType) is not { } bits)
            return $"expected a type of {SafetensorsType.All}, found {(tensor.DType is null ? "none" : $"'{FileText.Shown(tensor.DType)}'")}";
        if (tensor.Shape.IsDefault)
            return "expected a shape, found none";
        if (tensor.Shape.Length > SafetensorsHeader.MaxRank)
            return $"expected at most {SafetensorsHeader.MaxRank} dimensions, found {tensor.Shape.Length}";
        return SafetensorsType.GetBytes(bits, tensor.Shape.AsSpan()) != tensor.Data.Length
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

    private static byte[] WriteHeader(List<KeyValuePair<string, TensorData>> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (name, text) in metadata)
                    json.WriteString(name, text);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var (name, tensor) in entries)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.DType);
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset + tensor.Data.Length]);
                json.WriteEndObject();
                offset += tensor.Data.Length;
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
