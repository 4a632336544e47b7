using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MlNetNtd.Fuzz;

/// <summary>The bytes of checkpoints.</summary>
internal static class CheckpointBytes
{
    private const int MagicBytes = 8;
    private const int HeadStart = MagicBytes + sizeof(int);

    /// <summary>A checkpoint as it is written.</summary>
    public static byte[] Written(Action<string> write)
    {
        var path = Path.GetTempFileName();
        try
        {
            write(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>One of several, changed.</summary>
    public static byte[] Mutate(Mutator mutator, IReadOnlyList<byte[]> corpus)
    {
        var whole = mutator.Pick(corpus);
        if (mutator.OneIn(8))
            return mutator.Bytes(whole);

        // A head of the length that stands in front of it, and a checksum that is right: else nothing behind it is attacked.
        var length = BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(MagicBytes));
        var (head, arrays) = (whole[HeadStart..(HeadStart + length)], whole[(HeadStart + length)..^SHA256.HashSizeInBytes]);
        if (mutator.OneIn(3))
            arrays = mutator.Bytes(arrays);
        else
            head = mutator.Bytes(head);
        byte[] content = [.. whole[..MagicBytes], .. BitConverter.GetBytes(mutator.OneIn(8) ? (int)mutator.Number() : head.Length), .. head, .. arrays];
        return [.. content, .. SHA256.HashData(content)];
    }
}
