using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace MlNetNtd;

/// <summary>Writes and reads checkpoint files. Writing is atomic.</summary>
/// <remarks>
/// A file is 8 magic bytes, the state in the form that <see cref="StateHead"/> describes, and a SHA-256 checksum of everything
/// before it. It is written next to its destination, flushed to the disk and renamed: after a crash the old file or the new one is
/// there. All numbers are little-endian. Arrays are written and read block by block, so a file may have any length.
/// </remarks>
internal static class CheckpointFile
{
    /// <summary>The suffix of a file that is being written.</summary>
    public const string Unfinished = ".new";

    private const int HeadOffset = 8 + sizeof(int);
    private const int BlockBytes = 1 << 20;

    // The last byte is the version. Version 2 holds states of any type.
    private static ReadOnlySpan<byte> Magic => "NTDCKPT\u0002"u8;

    /// <summary>
    /// Writes a checkpoint and replaces the existing one. If the path is a link, the file it points to is replaced.
    /// </summary>
    /// <param name="path">The file's path.</param>
    /// <param name="fingerprint">The fingerprint of the training.</param>
    /// <param name="state">The state.</param>
    /// <exception cref="ArgumentException">Some part of the state could not be read back. Nothing is written.</exception>
    /// <exception cref="IOException">The file cannot be written. The existing one is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied. The existing file is unchanged.</exception>
    public static void Write<TState>(string path, CheckpointFingerprint fingerprint, TState state)
    {
        var (head, arrays) = StateHead.Write(state, fingerprint);
        var target = AtomicFile.Target(path);
        var unfinished = target + Unfinished;
        // Left by a process that died. Deleting it first also avoids following it if it is a link.
        File.Delete(unfinished);
        AtomicFile.Replace(target, unfinished, file =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Append(Magic);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, head.Length);
            Append(length);
            Append(head);
            foreach (var values in arrays)
                FloatBlocks.ForEach(values, bytes => Append(bytes));
            file.Write(hash.GetHashAndReset());
            file.Flush(flushToDisk: true);

            void Append(ReadOnlySpan<byte> bytes)
            {
                file.Write(bytes);
                hash.AppendData(bytes);
            }
        });
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FormatException">The file is not a checkpoint, has another version, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LoadedCheckpoint Read(string path) => Read(path, withArrays: true);

    /// <summary>Reads the fingerprint of a checkpoint.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static CheckpointFingerprint ReadFingerprint(string path) => Read(path, withArrays: false).Fingerprint;

    private static LoadedCheckpoint Read(string path, bool withArrays)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[HeadOffset];
        var found = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (found < Magic.Length || !start[..(Magic.Length - 1)].SequenceEqual(Magic[..^1]))
            throw Problem("expected a checkpoint, found a file of another kind");
        if (start[Magic.Length - 1] != Magic[^1])
            throw Problem($"expected a checkpoint of version {Magic[^1]}, found version {start[Magic.Length - 1]}");
        var content = Math.Max(0, file.Length - SHA256.HashSizeInBytes);
        if (content < HeadOffset || !IsWhole(file, content))
            throw Problem("it is damaged or was cut off: its checksum is not that of its content");
        try
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(start[Magic.Length..]);
            var remaining = content - HeadOffset;
            if (length < 0 || length > remaining)
                throw new JsonException($"expected a head of at most {remaining} bytes, found {length}");
            file.Position = HeadOffset;
            var bytes = new byte[length];
            file.ReadExactly(bytes);
            var head = StateHead.Read(bytes, remaining - length);
            return new LoadedCheckpoint(path, head, withArrays ? ReadArrays(file, head) : []);
        }
        // Text that is not valid UTF-16 is an InvalidOperationException.
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
        for (var remaining = content; remaining > 0;)
        {
            var chunk = block.AsSpan(0, (int)Math.Min(block.Length, remaining));
            file.ReadExactly(chunk);
            hash.AppendData(chunk);
            remaining -= chunk.Length;
        }

        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        file.ReadExactly(checksum);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(checksum);
    }

    private static List<float[]> ReadArrays(FileStream file, StateHead head)
    {
        var arrays = head.AllocateArrays();
        foreach (var array in arrays)
            FloatBlocks.ForEach(array, file.ReadExactly);
        return arrays;
    }
}
