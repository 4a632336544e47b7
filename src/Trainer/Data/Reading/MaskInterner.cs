using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Recognizes masks that follow the next-token rule, which need no storage, and stores other masks, so that rows with equal masks share
/// one.
/// </summary>
/// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
internal sealed class MaskInterner(int candidatesPerToken = 1)
{
    // Rows of one length usually have the same mask, so this is plenty. It bounds the memory if all masks differ.
    private const int MaxMasks = 256;

    private readonly Dictionary<int, List<AttentionMask>> _masks = [];
    private int _count;
    private float[] _additive = [];

    /// <summary>Interprets a Boolean mask of (P + P * K, P + P * K) values.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="paddedTokens">P.</param>
    /// <param name="trueBlocks">Whether <c>true</c> means blocked.</param>
    public RowMask Read(ReadOnlySpan<bool> mask, int paddedTokens, bool trueBlocks)
    {
        if (NextTokenMask.TryMatch(mask, paddedTokens, trueBlocks, !trueBlocks, out var tokens, candidatesPerToken))
            return new RowMask(null, tokens);
        var values = Additive(mask.Length);
        MaskConversions.Additive(mask, trueBlocks, values);
        return Store(values);
    }

    /// <summary>Interprets an additive mask of (P + P * K, P + P * K) values.</summary>
    /// <param name="mask">The mask. A key is blocked by negative infinity or a large negative number.</param>
    /// <param name="paddedTokens">P.</param>
    public RowMask Read(ReadOnlySpan<float> mask, int paddedTokens)
    {
        if (MaskConversions.TryMatch(mask, paddedTokens, float.NegativeInfinity, 0f, out var tokens, candidatesPerToken))
            return new RowMask(null, tokens);
        if (!AdditiveMask.HasFiniteBlocking(mask))
            return Store(mask);
        var values = Additive(mask.Length);
        AdditiveMask.Normalize(mask, values);
        return MaskConversions.TryMatch(values, paddedTokens, float.NegativeInfinity, 0f, out tokens, candidatesPerToken) ? new RowMask(null, tokens) : Store(values);
    }

    private Span<float> Additive(int length)
    {
        if (_additive.Length < length)
            _additive = new float[length];
        return _additive.AsSpan(0, length);
    }

    private RowMask Store(ReadOnlySpan<float> values)
    {
        var mask = Intern(values);
        return new RowMask(mask, mask.RealTokens);
    }

    /// <summary>Returns the stored mask with these values, and stores it if it is new.</summary>
    /// <param name="values">The additive mask.</param>
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

        var added = AttentionMask.Create(values, candidatesPerToken);
        if (!_masks.TryGetValue(key, out var list))
            _masks[key] = list = [];
        list.Add(added);
        return added;
    }
}

/// <summary>The mask of one row.</summary>
/// <param name="Mask">The mask; null for the next-token rule.</param>
/// <param name="RealTokens">T, the number of real tokens according to the mask.</param>
internal readonly record struct RowMask(AttentionMask? Mask, int RealTokens);
