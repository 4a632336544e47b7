using System.Collections.Immutable;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>A tensor as the header of a .safetensors file has it: its place is from the first byte of the data.</summary>
internal sealed record SafetensorsEntry(string Name, string DType, ImmutableArray<long> Shape, long Begin, long End);

/// <summary>The header of a .safetensors file: for each tensor its type, shape and place.</summary>
internal static class SafetensorsHeader
{
    /// <summary>The limit of the format's own reader.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>Beside the tensors: what else is to be said of them.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>PyTorch's limit.</summary>
    public const int MaxRank = 64;

    /// <summary>Far beyond use: what a header costs to read is bounded by it.</summary>
    public const int MaxTensors = 1 << 18;

    /// <summary>Reads it.</summary>
    /// <exception cref="SafetensorsProblemException">It is not what the format says.</exception>
    public static List<SafetensorsEntry> Read(ReadOnlySpan<byte> header, long dataBytes)
    {
        var entries = new List<SafetensorsEntry>();
        try
        {
            // Token by token: a document of all of it takes many times its bytes.
            var json = new Utf8JsonReader(header);
            Expect(json.Read() && json.TokenType == JsonTokenType.StartObject);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                json.Read();
                if (name == MetadataKey)
                    json.Skip();
                else if (entries.Count == MaxTensors)
                    throw Damaged($"expected at most {MaxTensors} tensors, found more");
                else
                    entries.Add(ReadEntry(ref json, name));
            }

            json.Read();
        }
        // Text that is no UTF-8 or UTF-16 is an InvalidOperationException.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Damaged("its header is not what the format says", e);
        }

        CheckPlaces(entries, dataBytes);
        return entries;
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader json, string name)
    {
        Expect(json.TokenType == JsonTokenType.StartObject);
        string? type = null;
        ImmutableArray<long> shape = default, places = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isShape, isPlace) = (json.ValueTextEquals("dtype"u8), json.ValueTextEquals("shape"u8), json.ValueTextEquals("data_offsets"u8));
            json.Read();
            if (isType)
                type = json.GetString();
            else if (isShape)
                shape = ReadNumbers(ref json, name, "dimensions");
            else if (isPlace)
                places = ReadNumbers(ref json, name, "data offsets");
            else
                json.Skip();
        }

        Expect(type is not null && !shape.IsDefault && !places.IsDefault);
        return places is [var begin, var end]
            ? new SafetensorsEntry(name, type!, shape, begin, end)
            : throw Damaged($"{Of(name)}: expected two data offsets, found {places.Length}");
    }

    private static ImmutableArray<long> ReadNumbers(ref Utf8JsonReader json, string name, string kind)
    {
        Expect(json.TokenType == JsonTokenType.StartArray);
        Span<long> numbers = stackalloc long[MaxRank];
        var count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (count == MaxRank)
                throw Damaged($"{Of(name)}: expected at most {MaxRank} {kind}, found more");
            Expect(json.TryGetInt64(out numbers[count++]));
        }

        return [.. numbers[..count]];
    }

    // Tensors lie one behind another, from the first byte of the data to the last.
    private static void CheckPlaces(List<SafetensorsEntry> entries, long dataBytes)
    {
        var names = new HashSet<string>(entries.Count);
        long next = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (!names.Add(entry.Name))
                throw Damaged($"{Of(entry.Name)} is there twice");
            if (entry.Begin != next || entry.End < entry.Begin || entry.End > dataBytes)
                throw Damaged($"{Of(entry.Name)}: bytes {entry.Begin} to {entry.End} of {dataBytes}, expected from {next}");
            // How many bytes items of another type take is not known: they may be passed over all the same.
            if (SafetensorsType.BitsOf(entry.DType) is { } bits && SafetensorsType.BytesOf(bits, entry.Shape.AsSpan()) != entry.End - entry.Begin)
                throw Damaged($"{Of(entry.Name)}: shape ({string.Join(", ", entry.Shape)}) of {entry.DType} does not take {entry.End - entry.Begin} bytes");
            next = entry.End;
        }

        if (next != dataBytes)
            throw Damaged($"{dataBytes - next} bytes belong to no tensor");
    }

    private static void Expect(bool right)
    {
        if (!right)
            throw new JsonException();
    }

    private static string Of(string name) => $"tensor '{FileText.Shown(name)}'";

    private static SafetensorsProblemException Damaged(string problem, Exception? inner = null) => new(problem, inner);
}

/// <summary>What is wrong with a file's content; whoever opened the file says which one it is.</summary>
internal sealed class SafetensorsProblemException(string problem, Exception? inner = null) : Exception(problem, inner);
