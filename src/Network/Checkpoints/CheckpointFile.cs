using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>A checkpoint in a file: whole or not at all.</summary>
/// <remarks>
/// Eight bytes that say what it is, the length of the head, the head as JSON, the arrays that the head counts as 32-bit floats,
/// and SHA-256 over all of that. It is written beside, flushed to the disk and renamed: whoever dies, the old one or the new one
/// is there. All numbers are little-endian. Arrays go to the file and come from it block by block, so it may be of any length.
/// </remarks>
internal static class CheckpointFile
{
    /// <summary>Written behind the name of a file that is not done yet.</summary>
    public const string Unfinished = ".new";

    private const int HeadStart = 8 + sizeof(int);
    private const int BlockBytes = 1 << 20;

    // The state within the head is a level deeper than it is alone.
    private static readonly JsonSerializerOptions HeadJson = new() { MaxDepth = 128 };

    // The last byte is the version: 2 since any state can be written.
    private static ReadOnlySpan<byte> Magic => "NTDCKPT\u0002"u8;

    /// <summary>Writes a checkpoint in the place of the one that is there, behind a link where it is one.</summary>
    /// <exception cref="ArgumentException">Something of the state would not come back; nothing is written.</exception>
    /// <exception cref="IOException">It cannot be written; the one that is there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write<TState>(string path, CheckpointFingerprint identity, TState state)
    {
        var (json, arrays) = StateJson.Write(state);
        var head = HeadOf(identity, json, arrays);
        var target = AtomicFile.Target(path);
        var unfinished = target + Unfinished;
        // Of a process that died, or whatever it is: it is not followed where it is a link.
        File.Delete(unfinished);
        AtomicFile.Replace(target, unfinished, file =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Put(Magic);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, head.Length);
            Put(length);
            Put(head);
            foreach (var values in arrays)
                FloatBlocks.ForEach(values, bytes => Put(bytes));
            file.Write(hash.GetHashAndReset());
            file.Flush(flushToDisk: true);

            void Put(ReadOnlySpan<byte> bytes)
            {
                file.Write(bytes);
                hash.AppendData(bytes);
            }
        });
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FormatException">It is none, of another version, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static LoadedCheckpoint Read(string path) => Read(path, withArrays: true);

    /// <summary>Reads what a checkpoint belongs to.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static CheckpointFingerprint ReadIdentity(string path) => Read(path, withArrays: false).Identity;

    private static byte[] HeadOf(CheckpointFingerprint identity, byte[] json, List<float[]> arrays)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(
                new Head([.. identity.Properties.Select(fact => new[] { fact.Name, fact.Value })], [.. arrays.Select(array => array.Length)],
                    JsonSerializer.Deserialize<JsonElement>(json, HeadJson)),
                HeadJson);
        }
        catch (OutOfMemoryException error)
        {
            throw new ArgumentException($"state: it would not come back whole: its JSON does not fit {Array.MaxLength} bytes.", nameof(json), error);
        }
    }

    private static LoadedCheckpoint Read(string path, bool withArrays)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[HeadStart];
        var found = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (found < Magic.Length || !start[..(Magic.Length - 1)].SequenceEqual(Magic[..^1]))
            throw Problem("expected a checkpoint, found a file of another kind");
        if (start[Magic.Length - 1] != Magic[^1])
            throw Problem($"expected a checkpoint of version {Magic[^1]}, found version {start[Magic.Length - 1]}");
        var content = Math.Max(0, file.Length - SHA256.HashSizeInBytes);
        if (content < HeadStart || !IsWhole(file, content))
            throw Problem("it is damaged or was cut off: its checksum is not that of its content");
        try
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(start[Magic.Length..]);
            var rest = content - HeadStart;
            if (length < 0 || length > rest)
                throw new JsonException($"expected a head of at most {rest} bytes, found {length}");
            file.Position = HeadStart;
            var bytes = new byte[length];
            file.ReadExactly(bytes);
            var head = Checked(JsonSerializer.Deserialize<Head>(bytes, HeadJson), rest - length);
            return new LoadedCheckpoint(
                path, new CheckpointFingerprint([.. head.Identity.Select(fact => (fact[0], fact[1]))]), head.State, withArrays ? Arrays(file, head.Lengths) : []);
        }
        // Text that is no UTF-16 is an InvalidOperationException.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Problem($"its checksum is right, but what it holds is not: {error.Message.TrimEnd('.')}", error);
        }

        FormatException Problem(string problem, Exception? inner = null) => LoadedCheckpoint.Problem(path, problem, inner);
    }

    private static bool IsWhole(FileStream file, long content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file.Position = 0;
        var block = new byte[(int)Math.Min(BlockBytes, content)];
        for (var left = content; left > 0;)
        {
            var some = block.AsSpan(0, (int)Math.Min(block.Length, left));
            file.ReadExactly(some);
            hash.AppendData(some);
            left -= some.Length;
        }

        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        file.ReadExactly(checksum);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(checksum);
    }

    private static Head Checked(Head? head, long arrayBytes)
    {
        if (head is not { Identity: not null, Lengths: not null } || head.Identity.Any(fact => fact is not [not null, not null]))
            throw new JsonException("expected facts, lengths and a state in the head");
        if (head.Identity.DistinctBy(fact => fact[0]).Count() != head.Identity.Length)
            throw new JsonException("expected each fact once");
        if (head.Lengths.Any(length => length < 0 || length > Array.MaxLength) || head.Lengths.Sum(length => (long)length) * sizeof(float) != arrayBytes)
            throw new JsonException($"expected arrays of {arrayBytes} bytes together, found others");
        return head;
    }

    private static List<float[]> Arrays(FileStream file, int[] lengths)
    {
        var arrays = new List<float[]>(lengths.Length);
        foreach (var length in lengths)
        {
            var array = length == 0 ? [] : GC.AllocateUninitializedArray<float>(length);
            FloatBlocks.ForEach(array, file.ReadExactly);
            arrays.Add(array);
        }

        return arrays;
    }

    private sealed record Head(string[][] Identity, int[] Lengths, JsonElement State);
}
