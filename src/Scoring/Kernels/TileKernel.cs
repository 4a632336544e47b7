using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Computes a tile of a matrix product, 6 rows by 2 vectors, in registers.</summary>
/// <remarks>
/// 12 sums, 2 vectors of B and one value of A fill the 16 registers of AVX2, and 12 independent sums hide the latency of a
/// multiply-add, about 4 cycles on 2 units.
/// </remarks>
internal static unsafe class TileKernel<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    /// <summary>The rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>Gets the columns of a tile.</summary>
    public static int Columns => 2 * TOps.Count;

    /// <summary>Computes c = a b, or c = c + a b, for six rows of c.</summary>
    /// <param name="a">The factors: value i of row r is at a[r * rowStride + i * termStride].</param>
    /// <param name="rowStride">The distance from one row of a to the next.</param>
    /// <param name="termStride">The distance from one term of a to the next.</param>
    /// <param name="b">The terms, one tile's width each.</param>
    /// <param name="bStride">The distance from one term of b to the next.</param>
    /// <param name="terms">The number of terms.</param>
    /// <param name="c">The result.</param>
    /// <param name="cStride">The distance from one row of the result to the next.</param>
    /// <param name="accumulate">Whether the product is added to the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, nint rowStride, nint termStride, float* b, nint bStride, nint terms, float* c, nint cStride, bool accumulate)
    {
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        TVector s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        var a3 = a + 3 * rowStride;
        for (; terms > 0; terms--)
        {
            var b0 = TOps.Load(b);
            var b1 = TOps.Load(b + TOps.Count);
            var value = TOps.Broadcast(a[0]);
            s00 = TOps.MultiplyAdd(value, b0, s00);
            s01 = TOps.MultiplyAdd(value, b1, s01);
            value = TOps.Broadcast(a[rowStride]);
            s10 = TOps.MultiplyAdd(value, b0, s10);
            s11 = TOps.MultiplyAdd(value, b1, s11);
            value = TOps.Broadcast(a[2 * rowStride]);
            s20 = TOps.MultiplyAdd(value, b0, s20);
            s21 = TOps.MultiplyAdd(value, b1, s21);
            value = TOps.Broadcast(a3[0]);
            s30 = TOps.MultiplyAdd(value, b0, s30);
            s31 = TOps.MultiplyAdd(value, b1, s31);
            value = TOps.Broadcast(a3[rowStride]);
            s40 = TOps.MultiplyAdd(value, b0, s40);
            s41 = TOps.MultiplyAdd(value, b1, s41);
            value = TOps.Broadcast(a3[2 * rowStride]);
            s50 = TOps.MultiplyAdd(value, b0, s50);
            s51 = TOps.MultiplyAdd(value, b1, s51);
            a += termStride;
            a3 += termStride;
            b += bStride;
        }

        if (accumulate)
        {
            Add(c, s00, s01);
            Add(c + cStride, s10, s11);
            Add(c + 2 * cStride, s20, s21);
            Add(c + 3 * cStride, s30, s31);
            Add(c + 4 * cStride, s40, s41);
            Add(c + 5 * cStride, s50, s51);
            return;
        }

        Store(c, s00, s01);
        Store(c + cStride, s10, s11);
        Store(c + 2 * cStride, s20, s21);
        Store(c + 3 * cStride, s30, s31);
        Store(c + 4 * cStride, s40, s41);
        Store(c + 5 * cStride, s50, s51);
    }

    /// <summary>Computes six rows of any number of full vectors: tiles, and a vector at the end if there is one.</summary>
    /// <param name="a">The factors, as <see cref="Multiply"/> reads them.</param>
    /// <param name="rowStride">The distance from one row of a to the next.</param>
    /// <param name="termStride">The distance from one term of a to the next.</param>
    /// <param name="b">The terms, row-major.</param>
    /// <param name="bStride">The distance from one term of b to the next.</param>
    /// <param name="terms">The number of terms.</param>
    /// <param name="c">The result.</param>
    /// <param name="cStride">The distance from one row of the result to the next.</param>
    /// <param name="columns">The number of columns, a multiple of a vector's.</param>
    /// <param name="accumulate">Whether the product is added to the result.</param>
    public static void MultiplyColumns(
        float* a, nint rowStride, nint termStride, float* b, nint bStride, nint terms, float* c, nint cStride, int columns, bool accumulate)
    {
        var column = 0;
        for (; column <= columns - Columns; column += Columns)
            Multiply(a, rowStride, termStride, b + column, bStride, terms, c + column, cStride, accumulate);
        if (column < columns)
            MultiplyVector(a, rowStride, termStride, b + column, bStride, terms, c + column, cStride, accumulate);
    }

    // Six rows by one vector. Terms alternate between two sets of sums, which hide the latency of a multiply-add as 12 do.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyVector(float* a, nint rowStride, nint termStride, float* b, nint bStride, nint terms, float* c, nint cStride, bool accumulate)
    {
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        TVector s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        var a3 = a + 3 * rowStride;
        for (; terms > 1; terms -= 2)
        {
            var b0 = TOps.Load(b);
            var b1 = TOps.Load(b + bStride);
            s00 = TOps.MultiplyAdd(TOps.Broadcast(a[0]), b0, s00);
            s01 = TOps.MultiplyAdd(TOps.Broadcast(a[termStride]), b1, s01);
            s10 = TOps.MultiplyAdd(TOps.Broadcast(a[rowStride]), b0, s10);
            s11 = TOps.MultiplyAdd(TOps.Broadcast(a[rowStride + termStride]), b1, s11);
            s20 = TOps.MultiplyAdd(TOps.Broadcast(a[2 * rowStride]), b0, s20);
            s21 = TOps.MultiplyAdd(TOps.Broadcast(a[2 * rowStride + termStride]), b1, s21);
            s30 = TOps.MultiplyAdd(TOps.Broadcast(a3[0]), b0, s30);
            s31 = TOps.MultiplyAdd(TOps.Broadcast(a3[termStride]), b1, s31);
            s40 = TOps.MultiplyAdd(TOps.Broadcast(a3[rowStride]), b0, s40);
            s41 = TOps.MultiplyAdd(TOps.Broadcast(a3[rowStride + termStride]), b1, s41);
            s50 = TOps.MultiplyAdd(TOps.Broadcast(a3[2 * rowStride]), b0, s50);
            s51 = TOps.MultiplyAdd(TOps.Broadcast(a3[2 * rowStride + termStride]), b1, s51);
            a += 2 * termStride;
            a3 += 2 * termStride;
            b += 2 * bStride;
        }

        if (terms > 0)
        {
            var b0 = TOps.Load(b);
            s00 = TOps.MultiplyAdd(TOps.Broadcast(a[0]), b0, s00);
            s10 = TOps.MultiplyAdd(TOps.Broadcast(a[rowStride]), b0, s10);
            s20 = TOps.MultiplyAdd(TOps.Broadcast(a[2 * rowStride]), b0, s20);
            s30 = TOps.MultiplyAdd(TOps.Broadcast(a3[0]), b0, s30);
            s40 = TOps.MultiplyAdd(TOps.Broadcast(a3[rowStride]), b0, s40);
            s50 = TOps.MultiplyAdd(TOps.Broadcast(a3[2 * rowStride]), b0, s50);
        }

        StoreSum(c, s00, s01, accumulate);
        StoreSum(c + cStride, s10, s11, accumulate);
        StoreSum(c + 2 * cStride, s20, s21, accumulate);
        StoreSum(c + 3 * cStride, s30, s31, accumulate);
        StoreSum(c + 4 * cStride, s40, s41, accumulate);
        StoreSum(c + 5 * cStride, s50, s51, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreSum(float* c, TVector even, TVector odd, bool accumulate)
    {
        var sum = TOps.Add(even, odd);
        TOps.Store(c, accumulate ? TOps.Add(TOps.Load(c), sum) : sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, TVector first, TVector second)
    {
        TOps.Store(c, first);
        TOps.Store(c + TOps.Count, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* c, TVector first, TVector second)
    {
        TOps.Store(c, TOps.Add(TOps.Load(c), first));
        TOps.Store(c + TOps.Count, TOps.Add(TOps.Load(c + TOps.Count), second));
    }
}
