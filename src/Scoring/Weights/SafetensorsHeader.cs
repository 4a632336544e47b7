using System.Collections.Immutable;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>A tensor's entry in the header of a .safetensors file. Offsets count from the first byte of the data.</summary>
internal sealed record SafetensorsEntry(string Name, string DType, ImmutableArray<long> Shape, long Begin, long End);

/// <summary>Parses the header of a .safetensors file: the type, shape and offsets of each tensor.</summary>
internal static class SafetensorsHeader
{
    /// <summary>The maximum length of a header, in bytes: the limit of the format's own reader.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>The key of the file's metadata, which is not a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The maximum number of dimensions: PyTorch's limit.</summary>
    public const int MaxRank = 64;

    /// <summary>The maximum number of tensors, which bounds the cost of reading a header. Real files have far fewer.</summary>
    public const int MaxTensors = 1 << 18;

    /// <summary>Parses a header.</summary>
    /// <param name="header">The header's bytes.</param>
    /// <param name="dataBytes">The number of bytes behind the header.</param>
    /// <returns>The tensors in the order of the header, and the metadata.</returns>
    /// <exception cref="SafetensorsProblemException">The header is malformed.</exception>
    public static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Read(ReadOnlySpan<byte> header, long dataBytes)
    {
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        try
        {
            // Token by token: a JsonDocument takes many times the header's bytes.
            var json = new Utf8JsonReader(header);
            Expect(json.Read() && json.TokenType == JsonTokenType.StartObject);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                json.Read();
                if (name == MetadataKey)
                    ReadMetadata(ref json, metadata);
                else if (entries.Count == MaxTensors)
                    throw Malformed($"expected at most {MaxTensors} tensors, found more");
                else
                    entries.Add(ReadEntry(ref json, name));
            }

            json.Read();
        }
        // Text that is not valid UTF-8 or UTF-16 is an InvalidOperationException.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Malformed("its header is not what the format says", e);
        }

        CheckOffsets(entries, dataBytes);
        return (entries, metadata);
    }

    // The format allows texts only. What else is there is skipped, as the metadata of others does not concern this library.
    private static void ReadMetadata(ref Utf8JsonReader json, Dictionary<string, string> metadata)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (json.TokenType == JsonTokenType.String && metadata.Count < MaxTensors)
                metadata[name] = json.GetString()!;
            else
                json.Skip();
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader json, string name)
    {
        Expect(json.TokenType == JsonTokenType.StartObject);
        string? type = null;
        ImmutableArray<long> shape = default, offsets = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isShape, isOffsets) = (json.ValueTextEquals("dtype"u8), json.ValueTextEquals("shape"u8), json.ValueTextEquals("data_offsets"u8));
            json.Read();
            if (isType)
                type = json.GetString();
            else if (isShape)
                shape = ReadNumbers(ref json, name, "dimensions");
            else if (isOffsets)
                offsets = ReadNumbers(ref json, name, "data offsets");
            else
                json.Skip();
        }

        Expect(type is not null && !shape.IsDefault && !offsets.IsDefault);
        return offsets is [var begin, var end]
            ? new SafetensorsEntry(name, type!, shape, begin, end)
            : throw Malformed($"{Describe(name)}: expected two data offsets, found {offsets.Length}");
    }

    private static ImmutableArray<long> ReadNumbers(ref Utf8JsonReader json, string name, string kind)
    {
        Expect(json.TokenType == JsonTokenType.StartArray);
        Span<long> numbers = stackalloc long[MaxRank];
        var count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (count == MaxRank)
                throw Malformed($"{Describe(name)}: expected at most {MaxRank} {kind}, found more");
            Expect(json.TryGetInt64(out numbers[count++]));
        }

        return [.. numbers[..count]];
    }

    // The tensors cover the data without gaps or overlaps.
    private static void CheckOffsets(List<SafetensorsEntry> entries, long dataBytes)
    {
        var names = new HashSet<string>(entries.Count);
        long next = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (!names.Add(entry.Name))
                throw Malformed($"{Describe(entry.Name)} is there twice");
            if (entry.Begin != next || entry.End < entry.Begin || entry.End > dataBytes)
                throw Malformed($"{Describe(entry.Name)}: bytes {entry.Begin} to {entry.End} of {dataBytes}, expected from {next}");
            // The item size of an unknown type is unknown; such a tensor is accepted, and only reading it fails.
            if (SafetensorsType.GetBits(entry.DType) is { } bits && SafetensorsType.GetBytes(bits, entry.Shape.AsSpan()) != entry.End - entry.Begin)
                throw Malformed($"{Describe(entry.Name)}: shape ({string.Join(", ", entry.Shape)}) of {entry.DType} does not take {entry.End - entry.Begin} bytes");
            next = entry.End;
        }

        if (next != dataBytes)
            throw Malformed($"{dataBytes - next} bytes belong to no tensor");
    }

    private static void Expect(bool condition)
    {
        if (!condition)
            throw new JsonException();
    }

    private static string Describe(string name) => $"tensor '{FileText.Shown(name)}'";

    private static SafetensorsProblemException Malformed(string problem, Exception? inner = null) => new(problem, inner);
}

/// <summary>The exception for malformed content. Its catcher adds the file's path.</summary>
internal sealed class SafetensorsProblemException(string problem, Exception? inner = null) : Exception(problem, inner);
