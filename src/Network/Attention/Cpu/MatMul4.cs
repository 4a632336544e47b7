using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Multiplies matrices four rows at a time, so that the other factor is read once for four rows.</summary>
/// <remarks>
/// Columns come in whole vectors: rows are padded with zeros. Each call checks the sizes once and then uses unchecked references.
/// </remarks>
internal static class MatMul4
{
    /// <summary>The number of rows in a group.</summary>
    public const int Count = 4;

    /// <summary>Rounds up to a multiple of the vector length.</summary>
    public static int RoundUpToVector(int columns) => (columns + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    /// <summary>Computes result[r, c] = sum over i &lt; terms of factors[r, i] * matrix[i, c], for four r.</summary>
    /// <param name="factors">The four rows of factors.</param>
    /// <param name="factorsStride">The distance from one row of factors to the next.</param>
    /// <param name="terms">The number of factors in a row.</param>
    /// <param name="matrix">The matrix, with <paramref name="terms"/> rows.</param>
    /// <param name="stride">The distance from one row of the matrix to the next.</param>
    /// <param name="columns">The number of columns to compute, a multiple of the vector length.</param>
    /// <param name="result">The four rows of the result.</param>
    /// <param name="resultStride">The distance from one row of the result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        ReadOnlySpan<float> factors, int factorsStride, int terms, ReadOnlySpan<float> matrix, int stride, int columns, Span<float> result, int resultStride)
    {
        _ = factors[3 * factorsStride + terms - 1];
        _ = matrix[(terms - 1) * stride + columns - 1];
        _ = result[3 * resultStride + columns - 1];
        ref var first = ref MemoryMarshal.GetReference(factors);
        ref var from = ref MemoryMarshal.GetReference(matrix);
        ref var to = ref MemoryMarshal.GetReference(result);

        var (width, column) = (Vector<float>.Count, 0);
        for (; column <= columns - 2 * width; column += 2 * width)
        {
            Vector<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            for (var i = 0; i < terms; i++)
            {
                var m0 = Vector.LoadUnsafe(ref from, (nuint)(i * stride + column));
                var m1 = Vector.LoadUnsafe(ref from, (nuint)(i * stride + column + width));
                var a = Broadcast(ref first, i);
                var b = Broadcast(ref first, factorsStride + i);
                a0 = Vector.FusedMultiplyAdd(a, m0, a0);
                a1 = Vector.FusedMultiplyAdd(a, m1, a1);
                b0 = Vector.FusedMultiplyAdd(b, m0, b0);
                b1 = Vector.FusedMultiplyAdd(b, m1, b1);
                var c = Broadcast(ref first, 2 * factorsStride + i);
                var d = Broadcast(ref first, 3 * factorsStride + i);
                c0 = Vector.FusedMultiplyAdd(c, m0, c0);
                c1 = Vector.FusedMultiplyAdd(c, m1, c1);
                d0 = Vector.FusedMultiplyAdd(d, m0, d0);
                d1 = Vector.FusedMultiplyAdd(d, m1, d1);
            }

            Store(ref to, column, resultStride, a0, b0, c0, d0);
            Store(ref to, column + width, resultStride, a1, b1, c1, d1);
        }

        if (column == columns)
            return;
        Vector<float> a2 = default, b2 = default, c2 = default, d2 = default;
        for (var i = 0; i < terms; i++)
        {
            var m = Vector.LoadUnsafe(ref from, (nuint)(i * stride + column));
            a2 = Vector.FusedMultiplyAdd(Broadcast(ref first, i), m, a2);
            b2 = Vector.FusedMultiplyAdd(Broadcast(ref first, factorsStride + i), m, b2);
            c2 = Vector.FusedMultiplyAdd(Broadcast(ref first, 2 * factorsStride + i), m, c2);
            d2 = Vector.FusedMultiplyAdd(Broadcast(ref first, 3 * factorsStride + i), m, d2);
        }

        Store(ref to, column, resultStride, a2, b2, c2, d2);
    }

    /// <summary>Computes matrix[i, c] += sum over four r of factors[r, i] * rows[r, c], for i &lt; terms.</summary>
    /// <param name="factors">The four rows of factors.</param>
    /// <param name="factorsStride">The distance from one row of factors to the next.</param>
    /// <param name="terms">The number of factors in a row.</param>
    /// <param name="rows">Four rows, each as long as the matrix's.</param>
    /// <param name="matrix">The matrix, with <paramref name="terms"/> rows.</param>
    /// <param name="stride">The distance from one row of the matrix to the next, a multiple of the vector length.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOuter(
        ReadOnlySpan<float> factors, int factorsStride, int terms, ReadOnlySpan<float> rows, Span<float> matrix, int stride)
    {
        _ = factors[3 * factorsStride + terms - 1];
        _ = rows[4 * stride - 1];
        _ = matrix[terms * stride - 1];
        ref var first = ref MemoryMarshal.GetReference(factors);
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(matrix);

        for (var column = 0; column < stride; column += Vector<float>.Count)
        {
            var a = Vector.LoadUnsafe(ref from, (nuint)column);
            var b = Vector.LoadUnsafe(ref from, (nuint)(stride + column));
            var c = Vector.LoadUnsafe(ref from, (nuint)(2 * stride + column));
            var d = Vector.LoadUnsafe(ref from, (nuint)(3 * stride + column));
            for (var i = 0; i < terms; i++)
            {
                var index = (nuint)(i * stride + column);
                var sum = Vector.LoadUnsafe(ref to, index);
                sum = Vector.FusedMultiplyAdd(Broadcast(ref first, i), a, sum);
                sum = Vector.FusedMultiplyAdd(Broadcast(ref first, factorsStride + i), b, sum);
                sum = Vector.FusedMultiplyAdd(Broadcast(ref first, 2 * factorsStride + i), c, sum);
                sum = Vector.FusedMultiplyAdd(Broadcast(ref first, 3 * factorsStride + i), d, sum);
                sum.StoreUnsafe(ref to, index);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Broadcast(ref float values, int index) => new(Unsafe.Add(ref values, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float to, int column, int stride, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d)
    {
        a.StoreUnsafe(ref to, (nuint)column);
        b.StoreUnsafe(ref to, (nuint)(stride + column));
        c.StoreUnsafe(ref to, (nuint)(2 * stride + column));
        d.StoreUnsafe(ref to, (nuint)(3 * stride + column));
    }
}
