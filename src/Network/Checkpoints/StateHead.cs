using System.Text.Json;

namespace MlNetNtd;

/// <summary>The head of a serialized state: everything except the values of its float arrays.</summary>
/// <remarks>
/// Checkpoint files and messages between processes share this form: the length of the head (4 bytes, little-endian), the head as
/// JSON, then the arrays as 32-bit floats, one after another.
/// </remarks>
/// <param name="Identity">The names and values of the fingerprint; empty in a message.</param>
/// <param name="Lengths">The length of each array.</param>
/// <param name="State">The state as JSON, with an index in place of each array.</param>
internal sealed record StateHead(string[][] Identity, int[] Lengths, JsonElement State)
{
    // The state is one level deeper in the head than on its own.
    private static readonly JsonSerializerOptions Options = new() { MaxDepth = 128 };

    /// <summary>Serializes a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="fingerprint">The fingerprint of the training; null in a message.</param>
    /// <returns>The head, and the arrays of the state.</returns>
    /// <exception cref="ArgumentException">Some part of the state could not be read back; the message names it.</exception>
    public static (byte[] Head, List<float[]> Arrays) Write<TState>(TState state, CheckpointFingerprint? fingerprint = null)
    {
        var (json, arrays) = StateJson.Write(state);
        string[][] identity = [.. fingerprint?.Properties.Select(property => new[] { property.Name, property.Value }) ?? []];
        int[] lengths = [.. arrays.Select(array => array.Length)];
        try
        {
            var head = new StateHead(identity, lengths, JsonSerializer.Deserialize<JsonElement>(json, Options));
            return (JsonSerializer.SerializeToUtf8Bytes(head, Options), arrays);
        }
        catch (OutOfMemoryException error)
        {
            throw new ArgumentException($"state: it would not come back whole: its JSON does not fit {Array.MaxLength} bytes.", nameof(state), error);
        }
    }

    /// <summary>Parses a head.</summary>
    /// <param name="json">The head.</param>
    /// <param name="arrayBytes">The number of bytes behind the head, which the arrays must fill; null if they arrive separately.</param>
    /// <exception cref="JsonException">The head is malformed.</exception>
    public static StateHead Read(ReadOnlySpan<byte> json, long? arrayBytes = null)
    {
        var head = JsonSerializer.Deserialize<StateHead>(json, Options);
        if (head is not { Identity: not null, Lengths: not null } || head.Identity.Any(property => property is not [not null, not null]))
            throw new JsonException("expected facts, lengths and a state in the head");
        if (head.Identity.DistinctBy(property => property[0]).Count() != head.Identity.Length)
            throw new JsonException("expected each fact once");
        var isLengthValid = head.Lengths.All(length => length >= 0 && length <= Array.MaxLength);
        if (!isLengthValid || (arrayBytes is { } bytes && head.Lengths.Sum(length => (long)length) * sizeof(float) != bytes))
            throw new JsonException($"expected arrays of {arrayBytes} bytes together, found others");
        return head;
    }

    /// <summary>Gets the fingerprint.</summary>
    public CheckpointFingerprint GetFingerprint() => new([.. Identity.Select(property => (property[0], property[1]))]);

    /// <summary>Allocates the arrays, without values.</summary>
    public List<float[]> AllocateArrays() =>
        [.. Lengths.Select(length => length == 0 ? [] : GC.AllocateUninitializedArray<float>(length))];

    /// <summary>Deserializes the state.</summary>
    /// <param name="arrays">The arrays with their values.</param>
    public TState? ReadState<TState>(List<float[]> arrays) => State.Deserialize<TState>(FloatArrayConverter.CreateOptions(arrays));
}
