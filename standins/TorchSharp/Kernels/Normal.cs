namespace TorchSharp.Internal;

/// <summary>The standard normal distribution, on which the exact GELU stands.</summary>
internal static class Normal
{
    private const double Step = 1d / 16;
    private const double End = 6.5;
    private const int Terms = 9;

    /// <summary>For each grid point the coefficients of a Taylor polynomial of the error function.</summary>
    private static readonly double[] Series = Prepare();

    public static double Gelu(double x) => x * Cumulative(x);

    public static double GeluSlope(double x)
    {
        // At the ends the product of infinity and zero has the limit zero.
        var density = Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
        return density == 0 ? Cumulative(x) : Cumulative(x) + (x * density);
    }

    /// <summary>The error function, to within a few units of the last place of a double near 1.</summary>
    public static double Erf(double x)
    {
        var size = Math.Abs(x);
        if (!(size < End))
            return double.IsNaN(x) ? x : Math.Sign(x);

        var at = (int)((size / Step) + 0.5);
        var d = size - (at * Step);
        var terms = Series.AsSpan(at * Terms, Terms);
        var sum = 0d;
        for (var k = Terms - 1; k >= 0; k--)
            sum = (sum * d) + terms[k];
        return x < 0 ? -sum : sum;
    }

    private static double Cumulative(double x) => 0.5 * (1 + Erf(x * (1 / Math.Sqrt(2))));

    private static double[] Prepare()
    {
        var points = (int)(End / Step) + 2;
        var series = new double[points * Terms];
        for (var i = 0; i < points; i++)
        {
            var x = i * Step;
            series[i * Terms] = Slow(x);
            // The derivatives of the error function are those of its slope, which Hermite polynomials give:
            // H(0) = 1, H(1) = 2x, H(n + 1) = 2x H(n) - 2n H(n - 1).
            var slope = 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x);
            var (before, hermite, factor) = (0d, 1d, 1d);
            for (var k = 1; k < Terms; k++)
            {
                factor /= k;
                series[(i * Terms) + k] = (k % 2 == 1 ? 1 : -1) * slope * hermite * factor;
                (before, hermite) = (hermite, (2 * x * hermite) - (2 * (k - 1) * before));
            }
        }

        return series;
    }

    /// <summary>A series whose terms are all positive: 2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)).</summary>
    private static double Slow(double x)
    {
        var (sum, term) = (x, x);
        for (var n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
