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
