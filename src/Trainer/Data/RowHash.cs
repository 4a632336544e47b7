using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Computes 64-bit hashes of rows: of their contents and their number in the view.</summary>
/// <remarks>
/// A hash consists of two CRC-32C, each over every second group of eight bytes. Processors have an instruction for it
/// (<see cref="BitOperations.Crc32C(uint, ulong)"/>), so a hash costs a fraction of copying the row. It detects mistakes, not forgery, and
/// is the same on every machine.
/// </remarks>
internal static class RowHash
{
    /// <summary>Computes the hash of a row: its number, lengths, labels, weight, values and mask.</summary>
    public static ulong Hash(SequenceRow row)
    {
        var hash = Hash(MemoryMarshal.AsBytes(row.Values.AsSpan()));
        hash = Combine(hash, Hash(MemoryMarshal.AsBytes(row.Labels.AsSpan())));
        hash = Combine(hash, row.Mask?.Hash ?? 0);
        hash = Combine(hash, (ulong)(uint)row.PaddedTokens << 32 | (uint)row.Tokens);
        hash = Combine(hash, BitConverter.SingleToUInt32Bits(row.Weight));
        return Combine(hash, (ulong)row.Number);
    }

    /// <summary>Computes the hash of bytes and their number.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var (even, odd) = ((uint)bytes.Length, ~(uint)bytes.Length);
        var pairs = words.Length & ~1;
        for (var i = 0; i < pairs; i += 2)
        {
            even = BitOperations.Crc32C(even, words[i]);
            odd = BitOperations.Crc32C(odd, words[i + 1]);
        }

        foreach (var last in bytes[(pairs * sizeof(ulong))..])
        {
            even = BitOperations.Crc32C(even, last);
            odd = BitOperations.Crc32C(odd, (byte)~last);
        }

        return (ulong)odd << 32 | even;
    }

    /// <summary>Combines two hashes. Their order matters.</summary>
    public static ulong Combine(ulong first, ulong second) => SplitMix64.Hash(0, (long)first, (long)second);
}
