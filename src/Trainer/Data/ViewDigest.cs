using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>A digest of a view, with which processes check that their views hold the same rows although each reads its own shard.</summary>
/// <remarks>
/// It covers the number of rows, and the index, weight and labels of each row with a weight above 0. It covers the whole contents of the
/// first <see cref="Sample"/> rows and of one in <see cref="Sample"/> after them, so that a process reads few rows of other shards.
/// </remarks>
internal sealed class ViewDigest
{
    /// <summary>The number of rows at the beginning that are compared as a whole, and the interval of such rows after them.</summary>
    public const int Sample = 64;

    /// <summary>Gets the number of rows added.</summary>
    public long Rows { get; private set; }

    /// <summary>Gets the hash of everything added.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Gets whether the whole contents of the last row are to be added.</summary>
    public bool IsSample => Rows <= Sample || Rows % Sample == 0;

    /// <summary>Adds the next row with a weight above 0.</summary>
    /// <param name="number">The index of the row in the view.</param>
    /// <param name="weight">The weight of the row.</param>
    /// <param name="labels">The hash of its labels.</param>
    public void Add(long number, float weight, ulong labels)
    {
        Rows++;
        Hash = RowHash.Combine(RowHash.Combine(Hash, (ulong)number), labels ^ (ulong)BitConverter.SingleToUInt32Bits(weight) << 32);
    }

    /// <summary>Adds the whole contents of the row that was added last.</summary>
    public void Add(SequenceRow row) => Hash = RowHash.Combine(Hash, RowHash.Hash(row));

    /// <summary>Creates a function that hashes the labels of the cursor's current row without reading its sequence.</summary>
    public static Func<ulong> CreateLabelHasher(DataViewRow row, DataViewSchema.Column label)
    {
        if (label.Type is not VectorDataViewType)
        {
            var getLabel = row.GetGetter<bool>(row.Schema[label.Index]);
            var value = false;
            return () =>
            {
                getLabel(ref value);
                return value ? 1UL : 0;
            };
        }

        var getLabels = row.GetGetter<VBuffer<bool>>(row.Schema[label.Index]);
        var values = default(VBuffer<bool>);
        var dense = Array.Empty<bool>();
        return () =>
        {
            getLabels(ref values);
            if (dense.Length < values.Length)
                dense = new bool[values.Length];
            values.CopyPrefixTo(dense.AsSpan(0, values.Length));
            return RowHash.Hash(MemoryMarshal.AsBytes(dense.AsSpan(0, values.Length))) & uint.MaxValue;
        };
    }
}
