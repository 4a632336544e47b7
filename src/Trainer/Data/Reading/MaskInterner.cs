using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Tells masks that follow the next-token rule, of which nothing need be kept, from others, and keeps those, so that rows
/// of one mask share it.
/// </summary>
internal sealed class MaskInterner
{
    // Rows of one length usually have one mask, so this is many; rows whose masks all differ must not pile them up.
    private const int MaxMasks = 256;

    private readonly Dictionary<int, List<AttentionMask>> _masks = [];
    private int _count;
    private float[] _additive = [];

    /// <summary>Reads a Boolean mask of (2P, 2P) values.</summary>
    public RowMask Read(ReadOnlySpan<bool> mask, int paddedTokens, bool trueBlocks)
    {
        if (NextTokenMask.TryMatch(mask, paddedTokens, trueBlocks, !trueBlocks, out var tokens))
            return new RowMask(null, tokens);
        var values = Additive(mask.Length);
        MaskConversions.Additive(mask, trueBlocks, values);
        return Keep(values);
    }

    /// <summary>Reads an additive mask of (2P, 2P) values, negative infinity or another that blocks.</summary>
    public RowMask Read(ReadOnlySpan<float> mask, int paddedTokens)
    {
        if (MaskConversions.TryMatch(mask, paddedTokens, float.NegativeInfinity, 0f, out var tokens))
            return new RowMask(null, tokens);
        if (!AdditiveMask.HasFiniteBlocking(mask))
            return Keep(mask);
        var values = Additive(mask.Length);
        AdditiveMask.Normalize(mask, values);
        return MaskConversions.TryMatch(values, paddedTokens, float.NegativeInfinity, 0f, out tokens) ? new RowMask(null, tokens) : Keep(values);
    }

    private Span<float> Additive(int length)
    {
        if (_additive.Length < length)
            _additive = new float[length];
        return _additive.AsSpan(0, length);
    }

    private RowMask Keep(ReadOnlySpan<float> values)
    {
        var mask = Intern(values);
        return new RowMask(mask, mask.RealTokens);
    }

    public AttentionMask Intern(ReadOnlySpan<float> values)
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(values));
        var key = hash.ToHashCode();
        if (_masks.TryGetValue(key, out var found))
        {
            foreach (var mask in found)
            {
                if (values.SequenceEqual(mask.Values))
                    return mask;
            }
        }

        if (_count++ == MaxMasks)
        {
            _masks.Clear();
            _count = 1;
        }

        var added = AttentionMask.Create(values);
        if (!_masks.TryGetValue(key, out var list))
            _masks[key] = list = [];
        list.Add(added);
        return added;
    }
}

/// <summary>What a mask's values are.</summary>
/// <param name="Mask">Null: those of the next-token rule.</param>
/// <param name="RealTokens">T, as the mask tells it.</param>
internal readonly record struct RowMask(AttentionMask? Mask, int RealTokens);
