using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetNtd;

/// <summary>A checkpoint in a file: whole or not at all.</summary>
/// <remarks>
/// Eight bytes that say what it is, the length of the head, the head as JSON, the arrays that it names as 32-bit floats, and
/// SHA-256 over all of that. It is written beside, flushed to the disk and renamed: whoever dies, the old one or the new one is
/// there. All numbers are little-endian.
/// </remarks>
internal static class CheckpointFile
{
    /// <summary>Written behind the name of a file that is not done yet.</summary>
    public const string Unfinished = ".new";

    private const string Weights = "weights/";
    private const string Best = "best/";

    // The last byte is the version: 2 since figures are sums.
    private static ReadOnlySpan<byte> Magic => "NTDCKPT\u0002"u8;

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes a checkpoint in the place of the one that is there.</summary>
    /// <exception cref="IOException">It cannot be written; the one that is there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(string path, CheckpointIdentity identity, TrainingState state)
    {
        (string Name, float[] Values)[] arrays =
        [
            .. state.Weights.Select(entry => (Weights + entry.Key, entry.Value)),
            .. state.Best.Select(entry => (Best + entry.Key, entry.Value)),
            (nameof(state.Mean), state.Mean), (nameof(state.Square), state.Square),
            (nameof(TallyState.Scores), state.Judged.Scores), (nameof(TallyState.Bins), state.Judged.BinWords),
        ];
        var head = JsonSerializer.SerializeToUtf8Bytes(
            new Head(
                [.. identity.Facts.Select(fact => new[] { fact.Name, fact.Value })],
                state.Epoch, state.Batches, state.Seconds, state.Skipped, state.History, state.Steps, state.Passes, state.OptimizerSteps,
                new Sums(state.Judged.Count, state.Judged.Positives, state.Judged.Loss, state.Judged.Right, state.Judged.Weight),
                [.. arrays.Select(array => new ArrayHead(array.Name, array.Values.Length))]),
            Json);

        var unfinished = path + Unfinished;
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            Put(Magic);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, head.Length);
            Put(length);
            Put(head);
            foreach (var (_, values) in arrays)
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
    public static (CheckpointIdentity Identity, TrainingState State) Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < Magic.Length || !bytes.AsSpan(0, Magic.Length - 1).SequenceEqual(Magic[..^1]))
            throw Problem("expected a checkpoint, found a file of another kind");
        if (bytes[Magic.Length - 1] != Magic[^1])
            throw Problem($"expected a checkpoint of version {Magic[^1]}, found version {bytes[Magic.Length - 1]}");
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - SHA256.HashSizeInBytes));
        if (content.Length < Magic.Length + sizeof(int) || !SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
            throw Problem("it is damaged or was cut off: its checksum is not that of its content");

        // What carries its checksum was written by Write.
        var place = Magic.Length + sizeof(int);
        var length = BinaryPrimitives.ReadInt32LittleEndian(content[Magic.Length..]);
        var head = JsonSerializer.Deserialize<Head>(content.Slice(place, length), Json)!;
        place += length;
        var arrays = new Dictionary<string, float[]>();
        foreach (var (name, count) in head.Arrays)
        {
            arrays.Add(name, MemoryMarshal.Cast<byte, float>(content.Slice(place, count * sizeof(float))).ToArray());
            place += count * sizeof(float);
        }

        return (new CheckpointIdentity([.. head.Identity.Select(fact => (fact[0], fact[1]))]), new TrainingState
        {
            Epoch = head.Epoch,
            Batches = head.Batches,
            Seconds = head.Seconds,
            Skipped = head.Skipped,
            History = head.History,
            Steps = head.Steps,
            Passes = head.Passes,
            OptimizerSteps = head.OptimizerSteps,
            Weights = Under(Weights),
            Best = Under(Best),
            Mean = arrays[nameof(TrainingState.Mean)],
            Square = arrays[nameof(TrainingState.Square)],
            Judged = new TallyState(head.Judged.Count, head.Judged.Positives, head.Judged.Loss, head.Judged.Right, head.Judged.Weight)
            {
                Scores = arrays[nameof(TallyState.Scores)],
                Bins = TallyState.BinsOf(arrays[nameof(TallyState.Bins)]),
            },
        });

        Dictionary<string, float[]> Under(string prefix) => arrays
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);

        FormatException Problem(string problem) => new($"{path}: {problem}. The file is left as it is.");
    }

    private sealed record Head(
        string[][] Identity, int Epoch, int Batches, double Seconds, int Skipped, IReadOnlyList<DiscriminatorEpoch> History,
        long Steps, long Passes, int OptimizerSteps, Sums Judged, ArrayHead[] Arrays);

    private sealed record Sums(long Count, long Positives, double Loss, double Right, double Weight);

    private sealed record ArrayHead(string Name, int Count);
}
