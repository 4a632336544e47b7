using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>What processes hold against each other of a view that each of them has for itself, though each reads rows of its own.</summary>
/// <remarks>
/// Of all rows: how many there are, which count, their weights and labels. Of some rows, the same in all processes, everything:
/// of the first ones, and of one in <see cref="Sample"/> behind them. So a process reads few rows of the others.
/// </remarks>
internal sealed class ViewDigest
{
    /// <summary>How many rows are held against each other whole at the beginning, and every how many behind.</summary>
    public const int Sample = 64;

    /// <summary>How many rows count.</summary>
    public long Rows { get; private set; }

    /// <summary>Of what was added.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Whether everything is added of the last row, too.</summary>
    public bool IsSample => Rows <= Sample || Rows % Sample == 0;

    /// <summary>The next row that counts.</summary>
    public void Add(long number, float weight, ulong labels)
    {
        Rows++;
        Hash = RowHash.Combine(RowHash.Combine(Hash, (ulong)number), labels ^ (ulong)BitConverter.SingleToUInt32Bits(weight) << 32);
    }

    /// <summary>Everything of the row that was added last.</summary>
    public void Add(SequenceRow row) => Hash = RowHash.Combine(Hash, RowHash.Hash(row));

    /// <summary>Reads the labels of a row, whatever they are, without its sequence.</summary>
    public static Func<ulong> CreateLabelHasher(DataViewRow row, DataViewSchema.Column label)
    {
        if (label.Type is not VectorDataViewType)
        {
            var one = row.GetGetter<bool>(row.Schema[label.Index]);
            var value = false;
            return () =>
            {
                one(ref value);
                return value ? 1UL : 0;
            };
        }

        var many = row.GetGetter<VBuffer<bool>>(row.Schema[label.Index]);
        var values = default(VBuffer<bool>);
        var dense = Array.Empty<bool>();
        return () =>
        {
            many(ref values);
            if (dense.Length < values.Length)
                dense = new bool[values.Length];
            values.CopyPrefixTo(dense.AsSpan(0, values.Length));
            return RowHash.Hash(MemoryMarshal.AsBytes(dense.AsSpan(0, values.Length))) & uint.MaxValue;
        };
    }
}
