using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>A checkpoint in a file: whole or not at all.</summary>
/// <remarks>
/// Eight bytes that say what it is, the length of the head, the head as JSON, the arrays that the head counts as 32-bit floats,
/// and SHA-256 over all of that. It is written beside, flushed to the disk and renamed: whoever dies, the old one or the new one
/// is there. All numbers are little-endian.
/// </remarks>
internal static class CheckpointFile
{
    /// <summary>Written behind the name of a file that is not done yet.</summary>
    public const string Unfinished = ".new";

    // The last byte is the version: 2 since any state can be written.
    private static ReadOnlySpan<byte> Magic => "NTDCKPT\u0002"u8;

    /// <summary>Writes a checkpoint in the place of the one that is there.</summary>
    /// <exception cref="IOException">It cannot be written; the one that is there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write<TState>(string path, CheckpointIdentity identity, TState state)
    {
        var arrays = new List<float[]>();
        var json = JsonSerializer.SerializeToElement(state, FloatArrays.Json(arrays));
        var head = JsonSerializer.SerializeToUtf8Bytes(
            new Head([.. identity.Facts.Select(fact => new[] { fact.Name, fact.Value })], [.. arrays.Select(array => array.Length)], json));

        var unfinished = path + Unfinished;
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            Put(Magic);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, head.Length);
            Put(length);
            Put(head);
            foreach (var values in arrays)
                Put(MemoryMarshal.AsBytes(values.AsSpan()));
            file.Write(hash.GetHashAndReset());
            file.Flush(flushToDisk: true);

            void Put(ReadOnlySpan<byte> bytes)
            {
                file.Write(bytes);
                hash.AppendData(bytes);
            }
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FormatException">It is none, of another version, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CheckpointContent Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < Magic.Length || !bytes.AsSpan(0, Magic.Length - 1).SequenceEqual(Magic[..^1]))
            throw Problem("expected a checkpoint, found a file of another kind");
        if (bytes[Magic.Length - 1] != Magic[^1])
            throw Problem($"expected a checkpoint of version {Magic[^1]}, found version {bytes[Magic.Length - 1]}");
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - SHA256.HashSizeInBytes));
        if (content.Length < Magic.Length + sizeof(int) || !SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
            throw Problem("it is damaged or was cut off: its checksum is not that of its content");
        try
        {
            var rest = content[(Magic.Length + sizeof(int))..];
            var length = BinaryPrimitives.ReadInt32LittleEndian(content[Magic.Length..]);
            if (length < 0 || length > rest.Length)
                throw new JsonException($"expected a head of at most {rest.Length} bytes, found {length}");
            var head = JsonSerializer.Deserialize<Head>(rest[..length]);
            if (head is not { Identity: not null, Lengths: not null } || head.Identity.Any(fact => fact is not [not null, not null]))
                throw new JsonException("expected facts, lengths and a state in the head");
            if (head.Identity.DistinctBy(fact => fact[0]).Count() != head.Identity.Length)
                throw new JsonException("expected each fact once");
            return new CheckpointContent(
                path, new CheckpointIdentity([.. head.Identity.Select(fact => (fact[0], fact[1]))]), head.State, Arrays(rest[length..], head.Lengths));
        }
        catch (JsonException error)
        {
            throw Problem($"its checksum is right, but what it holds is not: {error.Message.TrimEnd('.')}", error);
        }

        FormatException Problem(string problem, Exception? inner = null) => CheckpointContent.Problem(path, problem, inner);
    }

    private static List<float[]> Arrays(ReadOnlySpan<byte> bytes, int[] lengths)
    {
        if (lengths.Any(length => length < 0) || lengths.Sum(length => (long)length) * sizeof(float) != bytes.Length)
            throw new JsonException($"expected arrays of {bytes.Length} bytes together, found others");
        var arrays = new List<float[]>();
        foreach (var length in lengths)
        {
            arrays.Add(MemoryMarshal.Cast<byte, float>(bytes[..(length * sizeof(float))]).ToArray());
            bytes = bytes[(length * sizeof(float))..];
        }

        return arrays;
    }

    private sealed record Head(string[][] Identity, int[] Lengths, JsonElement State);
}
