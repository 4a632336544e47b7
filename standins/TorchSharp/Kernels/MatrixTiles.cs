using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchSharp.Internal;

/// <summary>The first element of a matrix and the steps to the next row and column.</summary>
internal readonly ref struct Matrix<T>(ref T first, int rowStep, int columnStep) where T : unmanaged, INumber<T>
{
    private readonly ref T _first = ref first;

    public ref T At(int row, int column) => ref Unsafe.Add(ref _first, ((nint)row * rowStep) + ((nint)column * columnStep));

    public Vector<T> Row(int row, int column) => Vector.LoadUnsafe(ref At(row, column));

    public void Store(int row, int column, Vector<T> value) => value.StoreUnsafe(ref At(row, column));
}

/// <summary>
/// A product by tiles of the result that fit into registers: each takes up all of its sum before it is stored once.
/// Callers answer for the sizes: nothing is checked here.
/// </summary>
internal static class MatrixTiles
{
    private const int TileRows = 4;

    public static void Multiply<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int rows, int inner, int columns)
        where T : unmanaged, INumber<T>
    {
        var column = 0;
        if (Vector<T>.IsSupported)
        {
            var lanes = Vector<T>.Count;
            for (; column <= columns - (2 * lanes); column += 2 * lanes)
            {
                var row = 0;
                for (; row <= rows - TileRows; row += TileRows)
                    FourRows(a, b, result, row, inner, column);
                for (; row < rows; row++)
                    OneRow(a, b, result, row, inner, column);
            }

            for (; column <= columns - lanes; column += lanes)
            {
                for (var row = 0; row < rows; row++)
                    OneVector(a, b, result, row, inner, column);
            }
        }

        for (; column < columns; column++)
        {
            var row = 0;
            for (; row <= rows - TileRows; row += TileRows)
                FourElements(a, b, result, row, inner, column);
            for (; row < rows; row++)
                OneElement(a, b, result, row, inner, column);
        }
    }

    private static void FourRows<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int row, int inner, int column)
        where T : unmanaged, INumber<T>
    {
        var next = column + Vector<T>.Count;
        var (s00, s01, s10, s11) = (Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero);
        var (s20, s21, s30, s31) = (Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero);
        for (var k = 0; k < inner; k++)
        {
            var (b0, b1) = (b.Row(k, column), b.Row(k, next));
            var factor = new Vector<T>(a.At(row, k));
            s00 += factor * b0;
            s01 += factor * b1;
            factor = new Vector<T>(a.At(row + 1, k));
            s10 += factor * b0;
            s11 += factor * b1;
            factor = new Vector<T>(a.At(row + 2, k));
            s20 += factor * b0;
            s21 += factor * b1;
            factor = new Vector<T>(a.At(row + 3, k));
            s30 += factor * b0;
            s31 += factor * b1;
        }

        result.Store(row, column, s00);
        result.Store(row, next, s01);
        result.Store(row + 1, column, s10);
        result.Store(row + 1, next, s11);
        result.Store(row + 2, column, s20);
        result.Store(row + 2, next, s21);
        result.Store(row + 3, column, s30);
        result.Store(row + 3, next, s31);
    }

    private static void OneRow<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int row, int inner, int column)
        where T : unmanaged, INumber<T>
    {
        var next = column + Vector<T>.Count;
        var (s0, s1) = (Vector<T>.Zero, Vector<T>.Zero);
        for (var k = 0; k < inner; k++)
        {
            var factor = new Vector<T>(a.At(row, k));
            s0 += factor * b.Row(k, column);
            s1 += factor * b.Row(k, next);
        }

        result.Store(row, column, s0);
        result.Store(row, next, s1);
    }

    private static void OneVector<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int row, int inner, int column)
        where T : unmanaged, INumber<T>
    {
        var sum = Vector<T>.Zero;
        for (var k = 0; k < inner; k++)
            sum += new Vector<T>(a.At(row, k)) * b.Row(k, column);
        result.Store(row, column, sum);
    }

    private static void FourElements<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int row, int inner, int column)
        where T : unmanaged, INumber<T>
    {
        var (s0, s1, s2, s3) = (T.Zero, T.Zero, T.Zero, T.Zero);
        for (var k = 0; k < inner; k++)
        {
            var factor = b.At(k, column);
            s0 += a.At(row, k) * factor;
            s1 += a.At(row + 1, k) * factor;
            s2 += a.At(row + 2, k) * factor;
            s3 += a.At(row + 3, k) * factor;
        }

        result.At(row, column) = s0;
        result.At(row + 1, column) = s1;
        result.At(row + 2, column) = s2;
        result.At(row + 3, column) = s3;
    }

    private static void OneElement<T>(Matrix<T> a, Matrix<T> b, Matrix<T> result, int row, int inner, int column)
        where T : unmanaged, INumber<T>
    {
        var sum = T.Zero;
        for (var k = 0; k < inner; k++)
            sum += a.At(row, k) * b.At(k, column);
        result.At(row, column) = sum;
    }
}
