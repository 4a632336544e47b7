using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>64 bits that tell a row from any other: of all that it holds, and of its number in the view.</summary>
/// <remarks>
/// Two CRC-32C, which processors compute by themselves (<see cref="BitOperations.Crc32C(uint, ulong)"/>), each over every second
/// eight bytes: a small part of what copying the row costs. It guards against mistakes, not against forgery, and is the same on
/// every machine.
/// </remarks>
internal static class RowHash
{
    /// <summary>Of a row: its number, lengths, labels, weight, values, and mask.</summary>
    public static ulong Hash(SequenceRow row)
    {
        var hash = Hash(MemoryMarshal.AsBytes(row.Values.AsSpan()));
        hash = Combine(hash, Hash(MemoryMarshal.AsBytes(row.Labels.AsSpan())));
        hash = Combine(hash, row.Mask?.Hash ?? 0);
        hash = Combine(hash, (ulong)(uint)row.PaddedTokens << 32 | (uint)row.Tokens);
        hash = Combine(hash, BitConverter.SingleToUInt32Bits(row.Weight));
        return Combine(hash, (ulong)row.Number);
    }

    /// <summary>Of bytes, and of how many they are.</summary>
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

    /// <summary>Of two hashes, in this order.</summary>
    public static ulong Combine(ulong first, ulong second) => SplitMix64.Hash(0, (long)first, (long)second);
}
