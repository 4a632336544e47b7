using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Generates dropout masks with a counter-based random number generator: value i is a hash of a key and i, so any row's mask can be
/// computed on its own.
/// </summary>
/// <remarks>
/// After Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011). The hash is a 32-bit multiply-and-shift finalizer that
/// mixes in the other half of the key in its middle; <see cref="SplitMix64"/> derives the keys. Its quality suffices for dropout;
/// it is used for nothing else.
/// </remarks>
internal static class CounterDropoutMask
{
    private const uint Multiplier1 = 0x21F0AAAD;
    private const uint Multiplier2 = 0xD35A2D97;

    /// <summary>Derives the key of a row's mask.</summary>
    public static ulong Key(int seed, long pass, long site, long row) => SplitMix64.Hash(seed, pass, site, row);

    /// <summary>Writes 0 for each dropped value and 1 / (1 - rate) for each kept one.</summary>
    /// <param name="values">The row's mask, or a part of it.</param>
    /// <param name="key">The row's key.</param>
    /// <param name="rate">The expected fraction of dropped values, from 0 up to but not including 1.</param>
    /// <param name="first">The index in the row's mask of the first of these values.</param>
    public static void Fill(Span<float> values, ulong key, double rate, long first = 0)
    {
        var (low, high) = (unchecked((uint)key + (uint)first), (uint)(key >> 32));
        var limit = (uint)(rate * uint.MaxValue);
        var kept = (float)(1 / (1 - rate));

        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (middle, bound, keep) = (new Vector<uint>(high), new Vector<uint>(limit), new Vector<float>(kept));
        var counter = Vector<uint>.Indices + new Vector<uint>(low);
        var step = new Vector<uint>((uint)Vector<uint>.Count);
        for (var i = 0; i < vectors.Length; i++)
        {
            var hash = counter;
            hash = (hash ^ (hash >>> 16)) * Multiplier1;
            hash = (hash ^ middle ^ (hash >>> 15)) * Multiplier2;
            hash ^= hash >>> 15;
            vectors[i] = Vector.ConditionalSelect(Vector.As<uint, float>(Vector.LessThan(hash, bound)), Vector<float>.Zero, keep);
            counter += step;
        }

        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
        {
            var hash = (uint)i + low;
            hash = (hash ^ (hash >>> 16)) * Multiplier1;
            hash = (hash ^ high ^ (hash >>> 15)) * Multiplier2;
            hash ^= hash >>> 15;
            values[i] = hash < limit ? 0f : kept;
        }
    }
}
