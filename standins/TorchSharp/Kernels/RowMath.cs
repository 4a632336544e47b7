using System.Numerics;

namespace TorchSharp.Internal;

/// <summary>Arithmetic on one row of contiguous elements.</summary>
internal static class RowMath
{
    public static T Max<T>(ReadOnlySpan<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var i = 0;
        var best = T.NegativeInfinity;
        if (Vector<T>.IsSupported && x.Length >= Vector<T>.Count)
        {
            var most = new Vector<T>(x);
            for (i = Vector<T>.Count; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
                most = Vector.Max(most, new Vector<T>(x[i..]));
            for (var lane = 0; lane < Vector<T>.Count; lane++)
                best = T.Max(best, most[lane]);
        }

        for (; i < x.Length; i++)
            best = T.Max(best, x[i]);
        return best;
    }

    public static T Sum<T>(ReadOnlySpan<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var i = 0;
        var sum = T.Zero;
        if (Vector<T>.IsSupported)
        {
            var sums = Vector<T>.Zero;
            for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
                sums += new Vector<T>(x[i..]);
            sum = Vector.Sum(sums);
        }

        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }

    public static T Dot<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var i = 0;
        var sum = T.Zero;
        if (Vector<T>.IsSupported)
        {
            var sums = Vector<T>.Zero;
            for (; i <= a.Length - Vector<T>.Count; i += Vector<T>.Count)
                sums += new Vector<T>(a[i..]) * new Vector<T>(b[i..]);
            sum = Vector.Sum(sums);
        }

        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y = exp(x - shift); gives the sum.</summary>
    public static T ExpMinus<T>(ReadOnlySpan<T> x, T shift, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var i = 0;
        var sum = T.Zero;
        if (VectorExp.IsSupported<T>())
        {
            var (sums, shifts) = (Vector<T>.Zero, new Vector<T>(shift));
            for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                var raised = VectorExp.Exp(new Vector<T>(x[i..]) - shifts);
                raised.CopyTo(y[i..]);
                sums += raised;
            }

            sum = Vector.Sum(sums);
        }

        for (; i < x.Length; i++)
            sum += y[i] = T.Exp(x[i] - shift);
        return sum;
    }

    public static void Scale<T>(Span<T> y, T factor) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var i = 0;
        if (Vector<T>.IsSupported)
        {
            var factors = new Vector<T>(factor);
            for (; i <= y.Length - Vector<T>.Count; i += Vector<T>.Count)
                (new Vector<T>(y[i..]) * factors).CopyTo(y[i..]);
        }

        for (; i < y.Length; i++)
            y[i] *= factor;
    }

    /// <summary>to = (a - shift) * b.</summary>
    public static void ShiftTimes<T>(ReadOnlySpan<T> a, T shift, ReadOnlySpan<T> b, Span<T> to)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var i = 0;
        if (Vector<T>.IsSupported)
        {
            var shifts = new Vector<T>(shift);
            for (; i <= a.Length - Vector<T>.Count; i += Vector<T>.Count)
                ((new Vector<T>(a[i..]) - shifts) * new Vector<T>(b[i..])).CopyTo(to[i..]);
        }

        for (; i < a.Length; i++)
            to[i] = (a[i] - shift) * b[i];
    }
}
