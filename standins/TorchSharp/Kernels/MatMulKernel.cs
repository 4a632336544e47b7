using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Matrix products.</summary>
internal static class MatMulKernel
{
    /// <summary>As torch.matmul: vectors gain a dimension for the product and lose it again, batches stretch.</summary>
    public static TensorImpl Run(TensorImpl a, TensorImpl b)
    {
        if (a.Rank == 0 || b.Rank == 0)
            Fail.Native($"both arguments to matmul need to be at least 1D, but they are {a.Rank}D and {b.Rank}D");
        if (a.DType != b.DType)
            Fail.Native($"expected m1 and m2 to have the same dtype, but got: {a.DType} != {b.DType}");

        var left = a.Rank == 1 ? a.View([1, a.Sizes[0]], [0, a.Strides[0]], a.Offset) : a;
        var right = b.Rank == 1 ? b.View([b.Sizes[0], 1], [b.Strides[0], 0], b.Offset) : b;
        var product = Batched(left, right);
        var sizes = product.Sizes.ToList();
        if (b.Rank == 1)
            sizes.RemoveAt(sizes.Count - 1);
        if (a.Rank == 1)
            sizes.RemoveAt(sizes.Count - (b.Rank == 1 ? 1 : 2));
        return product.View([.. sizes], Shapes.ContiguousStrides([.. sizes]), 0);
    }

    private static TensorImpl Batched(TensorImpl a, TensorImpl b)
    {
        // Half precision multiplies in single precision.
        if (a.DType == ScalarType.Float16)
            return CopyKernel.Cast(Batched(CopyKernel.Cast(a, ScalarType.Float32), CopyKernel.Cast(b, ScalarType.Float32)), a.DType);

        var (rows, inner, columns) = (a.Sizes[^2], a.Sizes[^1], b.Sizes[^1]);
        if (inner != b.Sizes[^2])
        {
            Fail.Native($"mat1 and mat2 shapes cannot be multiplied ({rows}x{inner} and {b.Sizes[^2]}x{columns}), " +
                $"from {Fail.Show(a.Sizes)} and {Fail.Show(b.Sizes)}");
        }

        var batch = Shapes.Broadcast(a.Sizes[..^2], b.Sizes[..^2]);
        var result = TensorImpl.Create(a.DType, [.. batch, rows, columns], clear: true);
        var work = new Work(Stretch(a, batch), Stretch(b, batch), result, batch);
        DTypes.ForNumber<Work, bool>(a.DType, ref work);
        return result;
    }

    /// <summary>Dense matrices; one that serves a whole batch is not repeated in memory.</summary>
    private static TensorImpl Stretch(TensorImpl source, long[] batch)
    {
        var dense = source.IsContiguous ? source : CopyKernel.Contiguous(source);
        var (rows, columns) = (dense.Sizes[^2], dense.Sizes[^1]);
        var outer = dense.View(dense.Sizes[..^2], dense.Strides[..^2], 0).StridesFor(batch);
        return dense.View([.. batch, rows, columns], [.. outer, columns, 1], dense.Offset);
    }

    private readonly struct Work(TensorImpl a, TensorImpl b, TensorImpl result, long[] batch) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var (rows, inner, columns) = ((int)a.Sizes[^2], (int)a.Sizes[^1], (int)b.Sizes[^1]);
            var count = Shapes.Count(batch);
            for (var i = 0L; i < count; i++)
            {
                Multiply(
                    a.Storage.As<T>().Slice(Place(a, i), rows * inner),
                    b.Storage.As<T>().Slice(Place(b, i), inner * columns),
                    result.Elements<T>().Slice((int)(i * rows * columns), rows * columns),
                    inner,
                    columns);
            }

            return true;
        }

        private int Place(TensorImpl operand, long matrix)
        {
            var place = operand.Offset;
            for (var d = batch.Length - 1; d >= 0; d--)
            {
                (matrix, var at) = Math.DivRem(matrix, batch[d]);
                place += at * operand.Strides[d];
            }

            return (int)place;
        }
    }

    /// <summary>
    /// Row by row: the row of the result takes up each row of the right matrix, times one element of the left, so
    /// that all memory is read in order.
    /// </summary>
    private static void Multiply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> result, int inner, int columns)
        where T : unmanaged, INumber<T>
    {
        if (columns == 0 || inner == 0)
            return;

        for (var row = 0; row < result.Length / columns; row++)
        {
            var target = result.Slice(row * columns, columns);
            var factors = a.Slice(row * inner, inner);
            for (var k = 0; k < inner; k++)
                AddScaled(target, b.Slice(k * columns, columns), factors[k]);
        }
    }

    private static void AddScaled<T>(Span<T> target, ReadOnlySpan<T> source, T factor) where T : unmanaged, INumber<T>
    {
        var i = 0;
        if (Vector<T>.IsSupported)
        {
            var whole = new Vector<T>(factor);
            for (; i <= target.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                var sum = new Vector<T>(target[i..]) + (whole * new Vector<T>(source[i..]));
                sum.CopyTo(target[i..]);
            }
        }

        for (; i < target.Length; i++)
            target[i] += factor * source[i];
    }
}
