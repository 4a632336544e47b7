using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Elementary functions on vectors, accurate to about 2e-7. The result for a value that is no number is no number.</summary>
internal static class Elementary<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    // Beyond it, erf(x / sqrt(2)) is 1 in single precision.
    private const float ErfLimit = 5.4f;

    /// <summary>Computes exp(x) for x up to 88. Arguments below -87 count as -87, whose exponential is 1e-38.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        x = TOps.Max(TOps.Broadcast(-87f), x);
        // x = n ln 2 + r with |r| <= ln 2 / 2. Adding 1.5 * 2^23 rounds to a whole number; ln 2 is divided into two terms, of which
        // the first has few bits, so that its product with n is exact.
        var shift = TOps.Broadcast(12582912f);
        var shifted = TOps.MultiplyAdd(x, TOps.Broadcast(1.44269504f), shift);
        var n = TOps.Subtract(shifted, shift);
        var r = TOps.MultiplyAdd(n, TOps.Broadcast(-0.693359375f), x);
        r = TOps.MultiplyAdd(n, TOps.Broadcast(2.12194440e-4f), r);
        // The Taylor polynomial of exp: its remainder, r^7 / 7!, is at most 1.2e-7.
        var p = TOps.Broadcast(1f / 720);
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(1f / 120));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(1f / 24));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(1f / 6));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(0.5f));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(1f));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(1f));
        return TOps.Scale(p, shifted);
    }

    /// <summary>
    /// Computes erf(x / sqrt(2)) as x P(x²) / Q(x²): a least-squares fit on [0, 5.4] with weights that level out the error,
    /// 2.2e-7 at most in single precision.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector NormalErf(TVector x)
    {
        x = TOps.Min(TOps.Broadcast(ErfLimit), TOps.Max(TOps.Broadcast(-ErfLimit), x));
        var u = TOps.Multiply(x, x);
        var p = TOps.Broadcast(4.678874887531492e-08f);
        p = TOps.MultiplyAdd(p, u, TOps.Broadcast(1.2717709068965632e-05f));
        p = TOps.MultiplyAdd(p, u, TOps.Broadcast(0.00032839245977811515f));
        p = TOps.MultiplyAdd(p, u, TOps.Broadcast(0.00930018350481987f));
        p = TOps.MultiplyAdd(p, u, TOps.Broadcast(0.06672053784132004f));
        p = TOps.MultiplyAdd(p, u, TOps.Broadcast(0.797884464263916f));
        var q = TOps.Broadcast(1.2167267868790077e-06f);
        q = TOps.MultiplyAdd(q, u, TOps.Broadcast(7.235825614770874e-05f));
        q = TOps.MultiplyAdd(q, u, TOps.Broadcast(0.001858276198618114f));
        q = TOps.MultiplyAdd(q, u, TOps.Broadcast(0.028371771797537804f));
        q = TOps.MultiplyAdd(q, u, TOps.Broadcast(0.25028789043426514f));
        q = TOps.MultiplyAdd(q, u, TOps.Broadcast(1f));
        return TOps.Divide(TOps.Multiply(x, p), q);
    }

    /// <summary>Computes GELU, x (1 + erf(x / sqrt(2))) / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu(TVector x)
    {
        var half = TOps.Multiply(x, TOps.Broadcast(0.5f));
        return TOps.MultiplyAdd(half, NormalErf(x), half);
    }
}
