using System.Numerics;
using System.Runtime.InteropServices;
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

        var product = Batched(AsLeft(a), AsRight(b));
        var sizes = product.Sizes.ToList();
        if (b.Rank == 1)
            sizes.RemoveAt(sizes.Count - 1);
        if (a.Rank == 1)
            sizes.RemoveAt(sizes.Count - (b.Rank == 1 ? 1 : 2));
        return product.View([.. sizes], Shapes.ContiguousStrides([.. sizes]), 0);
    }

    /// <summary>A vector on the left is a row.</summary>
    public static TensorImpl AsLeft(TensorImpl a) =>
        a.Rank == 1 ? a.View([1, a.Sizes[0]], [0, a.Strides[0]], a.Offset) : a;

    /// <summary>A vector on the right is a column.</summary>
    public static TensorImpl AsRight(TensorImpl b) =>
        b.Rank == 1 ? b.View([b.Sizes[0], 1], [b.Strides[0], 0], b.Offset) : b;

    /// <summary>The transposed matrices, without a copy.</summary>
    public static TensorImpl Transposed(TensorImpl a) => a.View(
        [.. a.Sizes[..^2], a.Sizes[^1], a.Sizes[^2]], [.. a.Strides[..^2], a.Strides[^1], a.Strides[^2]], a.Offset);

    /// <summary>Products of matrices, whose leading dimensions stretch to each other.</summary>
    public static TensorImpl Batched(TensorImpl a, TensorImpl b)
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
        var result = TensorImpl.Create(a.DType, [.. batch, rows, columns], clear: inner == 0);
        if (result.Numel == 0 || inner == 0)
            return result;

        // The left matrix is read element by element, in any layout; the right one along its rows.
        var right = b.Strides[^1] == 1 || columns == 1 ? b : CopyKernel.Contiguous(b);
        var (left, one) = Merge(a, right, batch);
        var work = new Work(Stretch(left, one), Stretch(right, one), result, one);
        DTypes.ForNumber<Work, bool>(a.DType, ref work);
        return result;
    }

    /// <summary>Many left matrices times one right one are a single product of one tall left matrix.</summary>
    private static (TensorImpl Left, long[] Batch) Merge(TensorImpl a, TensorImpl b, long[] batch)
    {
        if (b.Rank != 2 || batch.Length == 0 || !a.IsContiguous)
            return (a, batch);
        var rows = Shapes.Count(a.Sizes.AsSpan(0, a.Rank - 1));
        return (a.View([rows, a.Sizes[^1]], [a.Sizes[^1], 1], a.Offset), []);
    }

    /// <summary>A matrix that serves a whole batch is not repeated in memory.</summary>
    private static TensorImpl Stretch(TensorImpl source, long[] batch)
    {
        var outer = source.View(source.Sizes[..^2], source.Strides[..^2], 0).StridesFor(batch);
        return source.View([.. batch, .. source.Sizes[^2..]], [.. outer, .. source.Strides[^2..]], source.Offset);
    }

    private readonly struct Work(TensorImpl a, TensorImpl b, TensorImpl result, long[] batch) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var (rows, columns) = ((int)a.Sizes[^2], (int)b.Sizes[^1]);
            var left = a.Storage.As<T>();
            var right = b.Storage.As<T>();
            var target = result.Elements<T>();
            var count = Shapes.Count(batch);
            for (var i = 0L; i < count; i++)
            {
                MatrixTiles.Multiply(
                    new Matrix<T>(ref MemoryMarshal.GetReference(left[Place(a, i)..]), (int)a.Strides[^2], (int)a.Strides[^1]),
                    new Matrix<T>(ref MemoryMarshal.GetReference(right[Place(b, i)..]), (int)b.Strides[^2], 1),
                    new Matrix<T>(ref MemoryMarshal.GetReference(target[(int)(i * rows * columns)..]), columns, 1),
                    rows,
                    (int)a.Sizes[^1],
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
}
