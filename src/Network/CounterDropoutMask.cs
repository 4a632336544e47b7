using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Random masks by counting: value i is a hash of a key and i, so that each can be had without those before.</summary>
/// <remarks>
/// After Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011). The hash is a multiply-and-shift finalizer of 32
/// bits whose middle takes in the key's other half; the keys are <see cref="SplitMix64"/>'s. Good enough to leave
/// values out by; nothing else is drawn from it.
/// </remarks>
internal static class CounterDropoutMask
{
    private const uint First = 0x21F0AAAD;
    private const uint Second = 0xD35A2D97;

    /// <summary>The key of a row's mask.</summary>
    public static ulong Key(int seed, long pass, long place, long row) => SplitMix64.Hash(seed, pass, place, row);

    /// <summary>Writes 0 for what is left out and 1 / (1 - share) for what stays.</summary>
    /// <param name="values">The row's.</param>
    /// <param name="key">Its key.</param>
    /// <param name="share">How many are left out, in the mean; from 0, below 1.</param>
    public static void Fill(Span<float> values, ulong key, double share)
    {
        var (low, high) = ((uint)key, (uint)(key >> 32));
        var limit = (uint)(share * uint.MaxValue);
        var kept = (float)(1 / (1 - share));

        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var (middle, bound, keep) = (new Vector<uint>(high), new Vector<uint>(limit), new Vector<float>(kept));
        var counter = Vector<uint>.Indices + new Vector<uint>(low);
        var step = new Vector<uint>((uint)Vector<uint>.Count);
        for (var i = 0; i < vectors.Length; i++)
        {
            var hash = counter;
            hash = (hash ^ (hash >>> 16)) * First;
            hash = (hash ^ middle ^ (hash >>> 15)) * Second;
            hash ^= hash >>> 15;
            vectors[i] = Vector.ConditionalSelect(Vector.As<uint, float>(Vector.LessThan(hash, bound)), Vector<float>.Zero, keep);
            counter += step;
        }

        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
        {
            var hash = (uint)i + low;
            hash = (hash ^ (hash >>> 16)) * First;
            hash = (hash ^ high ^ (hash >>> 15)) * Second;
            hash ^= hash >>> 15;
            values[i] = hash < limit ? 0f : kept;
        }
    }
}
