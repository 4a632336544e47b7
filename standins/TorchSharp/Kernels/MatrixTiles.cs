using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Internal;

/// <summary>The first element of a matrix and the steps to the next row and column.</summary>
internal readonly ref struct Matrix<T>(ref T first, int rowStep, int columnStep) where T : unmanaged, INumber<T>
{
    private readonly ref T _first = ref first;

    public int RowStep => rowStep;

    public int ColumnStep => columnStep;

    public ref T At(int row, int column) => ref Unsafe.Add(ref _first, ((nint)row * rowStep) + ((nint)column * columnStep));
}

/// <summary>
/// A product by tiles of the result that fit into registers: each takes up all of its sum before it is stored once.
/// Callers answer for the sizes: nothing is checked here.
/// </summary>
internal static class MatrixTiles
{
    private const int TileRows = 4;
    private const int OnStack = 1024;

    public static void Multiply<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int rows, int inner, int columns)
        where T : unmanaged, INumber<T>
    {
        if (!Vector<T>.IsSupported || columns == 1)
        {
            ByElement(a, b, result, rows, inner, columns);
            return;
        }

        var column = 0;
        var lanes = Vector<T>.Count;
        for (; column <= columns - (2 * lanes); column += 2 * lanes)
        {
            var row = 0;
            for (; row <= rows - TileRows; row += TileRows)
                FourByTwo(a, b, result, row, inner, column);
            for (; row < rows; row++)
                OneByTwo(a, b, result, row, inner, column);
        }

        for (; column <= columns - lanes; column += lanes)
            Strip(a, ref b.At(0, column), b.RowStep, result, rows, inner, column, lanes);
        if (column < columns)
            Rest(a, b, result, rows, inner, column, columns - column);
    }

    /// <summary>The last columns, fewer than a vector holds: copied, with zeros beside them.</summary>
    private static void Rest<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int rows, int inner, int column, int count)
        where T : unmanaged, INumber<T>
    {
        var lanes = Vector<T>.Count;
        var packed = inner * lanes <= OnStack ? stackalloc T[OnStack] : new T[inner * lanes];
        packed = packed[..(inner * lanes)];
        packed.Clear();
        for (var k = 0; k < inner; k++)
        {
            for (var c = 0; c < count; c++)
                packed[(k * lanes) + c] = b.At(k, column + c);
        }

        Strip(a, ref MemoryMarshal.GetReference(packed), lanes, result, rows, inner, column, count);
    }

    /// <summary>Columns side by side in one vector, of which the first so many are wanted.</summary>
    private static void Strip<T>(Matrix<T> a, ref T b, int bStep, Matrix<T> result, int rows, int inner, int column, int count)
        where T : unmanaged, INumber<T>
    {
        var row = 0;
        for (; row <= rows - TileRows; row += TileRows)
        {
            ref var a0 = ref a.At(row, 0);
            ref var a1 = ref a.At(row + 1, 0);
            ref var a2 = ref a.At(row + 2, 0);
            ref var a3 = ref a.At(row + 3, 0);
            var (s0, s1, s2, s3) = (Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero);
            nint at = 0;
            nint from = 0;
            for (var k = 0; k < inner; k++, at += a.ColumnStep, from += bStep)
            {
                var right = Vector.LoadUnsafe(ref Unsafe.Add(ref b, from));
                s0 += new Vector<T>(Unsafe.Add(ref a0, at)) * right;
                s1 += new Vector<T>(Unsafe.Add(ref a1, at)) * right;
                s2 += new Vector<T>(Unsafe.Add(ref a2, at)) * right;
                s3 += new Vector<T>(Unsafe.Add(ref a3, at)) * right;
            }

            Store(s0, ref result.At(row, column), count);
            Store(s1, ref result.At(row + 1, column), count);
            Store(s2, ref result.At(row + 2, column), count);
            Store(s3, ref result.At(row + 3, column), count);
        }

        for (; row < rows; row++)
        {
            ref var left = ref a.At(row, 0);
            var sum = Vector<T>.Zero;
            nint at = 0;
            nint from = 0;
            for (var k = 0; k < inner; k++, at += a.ColumnStep, from += bStep)
                sum += new Vector<T>(Unsafe.Add(ref left, at)) * Vector.LoadUnsafe(ref Unsafe.Add(ref b, from));
            Store(sum, ref result.At(row, column), count);
        }
    }

    private static void Store<T>(Vector<T> values, ref T target, int count) where T : unmanaged, INumber<T>
    {
        if (count == Vector<T>.Count)
        {
            values.StoreUnsafe(ref target);
            return;
        }

        for (var lane = 0; lane < count; lane++)
            Unsafe.Add(ref target, lane) = values[lane];
    }

    private static void FourByTwo<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int row, int inner, int column)
        where T : unmanaged, INumber<T>
    {
        var lanes = Vector<T>.Count;
        ref var a0 = ref a.At(row, 0);
        ref var a1 = ref a.At(row + 1, 0);
        ref var a2 = ref a.At(row + 2, 0);
        ref var a3 = ref a.At(row + 3, 0);
        ref var right = ref b.At(0, column);
        var (s00, s01, s10, s11) = (Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero);
        var (s20, s21, s30, s31) = (Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero);
        nint at = 0;
        nint from = 0;
        for (var k = 0; k < inner; k++, at += a.ColumnStep, from += b.RowStep)
        {
            var b0 = Vector.LoadUnsafe(ref Unsafe.Add(ref right, from));
            var b1 = Vector.LoadUnsafe(ref Unsafe.Add(ref right, from + lanes));
            var factor = new Vector<T>(Unsafe.Add(ref a0, at));
            s00 += factor * b0;
            s01 += factor * b1;
            factor = new Vector<T>(Unsafe.Add(ref a1, at));
            s10 += factor * b0;
            s11 += factor * b1;
            factor = new Vector<T>(Unsafe.Add(ref a2, at));
            s20 += factor * b0;
            s21 += factor * b1;
            factor = new Vector<T>(Unsafe.Add(ref a3, at));
            s30 += factor * b0;
            s31 += factor * b1;
        }

        Store(s00, s01, ref result.At(row, column));
        Store(s10, s11, ref result.At(row + 1, column));
        Store(s20, s21, ref result.At(row + 2, column));
        Store(s30, s31, ref result.At(row + 3, column));
    }

    private static void OneByTwo<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int row, int inner, int column)
        where T : unmanaged, INumber<T>
    {
        ref var left = ref a.At(row, 0);
        ref var right = ref b.At(0, column);
        var (s0, s1) = (Vector<T>.Zero, Vector<T>.Zero);
        nint at = 0;
        nint from = 0;
        for (var k = 0; k < inner; k++, at += a.ColumnStep, from += b.RowStep)
        {
            var factor = new Vector<T>(Unsafe.Add(ref left, at));
            s0 += factor * Vector.LoadUnsafe(ref Unsafe.Add(ref right, from));
            s1 += factor * Vector.LoadUnsafe(ref Unsafe.Add(ref right, from + Vector<T>.Count));
        }

        Store(s0, s1, ref result.At(row, column));
    }

    private static void Store<T>(Vector<T> first, Vector<T> second, ref T target) where T : unmanaged, INumber<T>
    {
        first.StoreUnsafe(ref target);
        second.StoreUnsafe(ref Unsafe.Add(ref target, Vector<T>.Count));
    }

    private static void ByElement<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int rows, int inner, int columns)
        where T : unmanaged, INumber<T>
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var sum = T.Zero;
                for (var k = 0; k < inner; k++)
                    sum += a.At(row, k) * b.At(k, column);
                result.At(row, column) = sum;
            }
        }
    }
}
