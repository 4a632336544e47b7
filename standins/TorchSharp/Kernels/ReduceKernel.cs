using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Many elements to one.</summary>
internal static class ReduceKernel
{
    private interface IFold<T>
    {
        /// <summary>The result for one row of elements and, where that has a meaning, the place it came from.</summary>
        static abstract (T Value, int Index) Apply(ReadOnlySpan<T> row);
    }

    /// <summary>The reduced dimensions, without repeats; none given means all.</summary>
    public static int[] Dims(ReadOnlySpan<long> dims, int rank)
    {
        if (dims.Length == 0)
            return [.. Enumerable.Range(0, rank)];

        var result = new List<int>();
        foreach (var dim in dims)
        {
            var d = Shapes.Dim(dim, rank);
            if (result.Contains(d))
                Fail.Native($"dim {d} appears multiple times in the list of dims");
            result.Add(d);
        }

        return rank == 0 ? [] : [.. result];
    }

    public static TensorImpl Sum(TensorImpl input, int[] dims, bool keep, ScalarType? type)
    {
        var dtype = type ?? (input.DType.IsIntegral() ? ScalarType.Int64 : input.DType);
        var sizes = (long[])input.Sizes.Clone();
        foreach (var dim in dims)
            sizes[dim] = 1;
        var sum = SumKernel.To(CopyKernel.Cast(input, dtype), sizes);
        var shape = Reduced(input, dims, keep);
        return sum.View(shape, Shapes.ContiguousStrides(shape), 0);
    }

    /// <summary>The largest (or smallest) element of each row and its place; the first not-a-number wins.</summary>
    public static (TensorImpl Values, TensorImpl Indices) Extreme(TensorImpl input, int[] dims, bool keep, bool largest)
    {
        var rows = Rows(input, dims);
        if (rows.Sizes[1] == 0)
            Fail.Native("Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");

        var values = Output(input, dims, keep, input.DType);
        var indices = Output(input, dims, keep, ScalarType.Int64);
        var work = new ExtremeWork(rows, values, indices, largest);
        DTypes.ForNumber<ExtremeWork, bool>(input.DType, ref work);
        return (values, indices);
    }

    public static TensorImpl Any(TensorImpl input, int[] dims, bool keep) => Truth(input, dims, keep, any: true);

    public static TensorImpl All(TensorImpl input, int[] dims, bool keep) => Truth(input, dims, keep, any: false);

    public static bool IsAllTrue(TensorImpl booleans) => !booleans.Elements<bool>().Contains(false);

    private static TensorImpl Truth(TensorImpl input, int[] dims, bool keep, bool any)
    {
        var rows = Rows(CopyKernel.Cast(input, ScalarType.Bool), dims);
        var result = Output(input, dims, keep, ScalarType.Bool);
        var elements = rows.Elements<bool>();
        var answers = result.Elements<bool>();
        var width = (int)rows.Sizes[1];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = elements.Slice(i * width, width).Contains(any) == any;
        return result;
    }

    /// <summary>A contiguous matrix with a row for each result.</summary>
    private static TensorImpl Rows(TensorImpl input, int[] dims)
    {
        var kept = Enumerable.Range(0, input.Rank).Where(d => !dims.Contains(d)).ToArray();
        int[] order = [.. kept, .. dims.Order()];
        var sizes = Array.ConvertAll(order, d => input.Sizes[d]);
        var strides = Array.ConvertAll(order, d => input.Strides[d]);
        var view = input.View(sizes, strides, input.Offset);
        var flat = view.IsContiguous ? view : CopyKernel.Contiguous(view);
        var height = Shapes.Count(sizes.AsSpan(0, kept.Length));
        var width = Shapes.Count(sizes.AsSpan(kept.Length));
        return flat.View([height, width], [Math.Max(width, 1), 1], flat.Offset);
    }

    private static TensorImpl Output(TensorImpl input, int[] dims, bool keep, ScalarType dtype) =>
        TensorImpl.Create(dtype, Reduced(input, dims, keep), clear: true);

    private static long[] Reduced(TensorImpl input, int[] dims, bool keep)
    {
        var sizes = new List<long>();
        for (var d = 0; d < input.Rank; d++)
        {
            if (!dims.Contains(d))
                sizes.Add(input.Sizes[d]);
            else if (keep)
                sizes.Add(1);
        }

        return [.. sizes];
    }

    private readonly struct ExtremeWork(TensorImpl rows, TensorImpl values, TensorImpl indices, bool largest) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T> => largest ? Fold<T, Largest<T>>() : Fold<T, Smallest<T>>();

        private bool Fold<T, TFold>() where T : unmanaged where TFold : struct, IFold<T>
        {
            var elements = rows.Elements<T>();
            var best = values.Elements<T>();
            var places = indices.Elements<long>();
            var width = (int)rows.Sizes[1];
            for (var i = 0; i < best.Length; i++)
                (best[i], places[i]) = TFold.Apply(elements.Slice(i * width, width));
            return true;
        }
    }

    private readonly struct Largest<T> : IFold<T> where T : unmanaged, INumber<T>
    {
        public static (T Value, int Index) Apply(ReadOnlySpan<T> row)
        {
            var at = 0;
            for (var i = 1; i < row.Length && !T.IsNaN(row[at]); i++)
                at = row[i] > row[at] || T.IsNaN(row[i]) ? i : at;
            return (row[at], at);
        }
    }

    private readonly struct Smallest<T> : IFold<T> where T : unmanaged, INumber<T>
    {
        public static (T Value, int Index) Apply(ReadOnlySpan<T> row)
        {
            var at = 0;
            for (var i = 1; i < row.Length && !T.IsNaN(row[at]); i++)
                at = row[i] < row[at] || T.IsNaN(row[i]) ? i : at;
            return (row[at], at);
        }
    }
}
