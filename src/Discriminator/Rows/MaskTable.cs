using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Keeps masks that were met, so that rows of one mask share it.</summary>
internal sealed class MaskTable
{
    // Rows of one length usually have one mask, so this is many; rows whose masks all differ must not pile them up.
    private const int MaxMasks = 256;

    private readonly Dictionary<int, List<AttentionMask>> _masks = [];
    private int _count;

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

        var added = AttentionMask.Of(values);
        if (!_masks.TryGetValue(key, out var list))
            _masks[key] = list = [];
        list.Add(added);
        return added;
    }
}
