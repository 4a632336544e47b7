using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>Compares the outputs of two models, every value of every row, bit for bit.</summary>
/// <param name="Rows">The rows that agree, from the first on.</param>
/// <param name="Difference">Where the two first disagree; null where they do not.</param>
internal sealed record ViewComparison(long Rows, string? Difference)
{
    /// <summary>Reads both views side by side, up to the first difference.</summary>
    /// <param name="original">The output of the original model.</param>
    /// <param name="reloaded">The output of the reloaded model on the same data.</param>
    public static ViewComparison Of(IDataView original, IDataView reloaded)
    {
        string[] columns = ["Combined", "Mask"];
        foreach (var name in columns)
        {
            var (one, other) = (original.Schema[name].Type, reloaded.Schema[name].Type);
            if (!one.Equals(other))
                return new ViewComparison(0, $"column {name}: original {one}, reloaded {other}");
        }

        using var left = original.GetRowCursor(columns.Select(name => original.Schema[name]));
        using var right = reloaded.GetRowCursor(columns.Select(name => reloaded.Schema[name]));
        var combined = Compare<float>(left, right, "Combined");
        var mask = Compare<bool>(left, right, "Mask");

        for (var row = 0L; ; row++)
        {
            var (hasLeft, hasRight) = (left.MoveNext(), right.MoveNext());
            if (hasLeft != hasRight)
                return new ViewComparison(row, $"row {row}: only the {(hasLeft ? "original" : "reloaded")} model gives it");
            if (!hasLeft)
                return new ViewComparison(row, null);
            if ((combined() ?? mask()) is { } difference)
                return new ViewComparison(row, $"row {row}, {difference}");
        }
    }

    // What is different in a column of the current row; null where nothing is.
    private static Func<string?> Compare<T>(DataViewRow left, DataViewRow right, string name)
        where T : unmanaged
    {
        var getLeft = left.GetGetter<VBuffer<T>>(left.Schema[name]);
        var getRight = right.GetGetter<VBuffer<T>>(right.Schema[name]);
        var width = left.Schema[name].Type is VectorDataViewType { Dimensions: { Length: 2 } dimensions } ? dimensions[1] : 1;
        var (leftRow, rightRow) = (default(VBuffer<T>), default(VBuffer<T>));
        var (leftDense, rightDense) = (default(VBuffer<T>), default(VBuffer<T>));
        return () =>
        {
            getLeft(ref leftRow);
            getRight(ref rightRow);
            leftRow.CopyToDense(ref leftDense);
            rightRow.CopyToDense(ref rightDense);
            return FindDifference(leftDense.GetValues(), rightDense.GetValues(), width) is { } found ? $"{name}{found}" : null;
        };
    }

    private static string? FindDifference<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, int width)
        where T : unmanaged
    {
        if (left.Length != right.Length)
            return $": original {left.Length} values, reloaded {right.Length}";

        // Bytes, because -0 equals 0 and NaN does not equal itself.
        var bytes = MemoryMarshal.AsBytes(left);
        var same = bytes.CommonPrefixLength(MemoryMarshal.AsBytes(right));
        if (same == bytes.Length)
            return null;
        var at = (int)((long)same * left.Length / bytes.Length);
        return $"[{at / width}, {at % width}]: original {left[at]}, reloaded {right[at]}";
    }
}
