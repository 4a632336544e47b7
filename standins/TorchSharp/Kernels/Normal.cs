using System.Numerics;

namespace TorchSharp.Internal;

/// <summary>
/// The standard normal distribution, on which the exact GELU stands. Its tail is exp(-x^2 / 2) times a smooth function,
/// half of exp(z^2) erfc(z) with z = x / sqrt(2), which Chebyshev polynomials of s = (z - k) / (z + k) follow closely.
/// </summary>
internal sealed class Normal
{
    private const double Middle = 3;

    /// <summary>Beyond, the tail is less than the least number of single precision.</summary>
    private const double End = 14;

    private readonly double[] _terms;

    private Normal(int terms) => _terms = Interpolate(terms);

    /// <summary>Relative errors below those of a float, and around those of a double.</summary>
    public static Normal Single { get; } = new(13);

    public static Normal Double { get; } = new(25);

    /// <summary>The share of the distribution below x, and its density at x.</summary>
    public (Vector<double> Below, Vector<double> Density) At(Vector<double> x)
    {
        var bell = Vector.Exp(x * x * new Vector<double>(-0.5));
        var z = Vector.Min(Vector.Abs(x) * new Vector<double>(Math.Sqrt(0.5)), new Vector<double>(End));
        var s = Scaled(z);
        var (one, two) = (new Vector<double>(_terms[^1]), Vector<double>.Zero);
        for (var k = _terms.Length - 2; k > 0; k--)
            (one, two) = (((s + s) * one) - two + new Vector<double>(_terms[k]), one);
        var tail = ((s * one) - two + new Vector<double>(_terms[0])) * bell;

        var below = Vector.ConditionalSelect(Vector.LessThan(x, Vector<double>.Zero), tail, Vector<double>.One - tail);
        return (below, bell * new Vector<double>(1 / Math.Sqrt(2 * Math.PI)));
    }

    /// <summary>From 0 to the end onto -1 to 1.</summary>
    private static Vector<double> Scaled(Vector<double> z)
    {
        var k = new Vector<double>(Middle);
        var last = (End - Middle) / (End + Middle);
        var u = (z - k) / (z + k);
        return ((u + Vector<double>.One) * new Vector<double>(2 / (last + 1))) - Vector<double>.One;
    }

    /// <summary>The polynomial that meets the function at Chebyshev's nodes, as the sum of its terms.</summary>
    private static double[] Interpolate(int terms)
    {
        var last = (End - Middle) / (End + Middle);
        var values = new double[terms];
        for (var i = 0; i < terms; i++)
        {
            var u = ((Math.Cos(Math.PI * (i + 0.5) / terms) + 1) / 2 * (last + 1)) - 1;
            values[i] = 0.5 * ScaledTail(Middle * (1 + u) / (1 - u));
        }

        var result = new double[terms];
        for (var k = 0; k < terms; k++)
        {
            for (var i = 0; i < terms; i++)
                result[k] += 2.0 / terms * values[i] * Math.Cos(Math.PI * k * (i + 0.5) / terms);
        }

        result[0] /= 2;
        return result;
    }

    /// <summary>exp(z^2) erfc(z): near 0 by a series of erf whose terms are all positive, beyond by a continued fraction.</summary>
    private static double ScaledTail(double z)
    {
        if (z >= 2)
        {
            // exp(z^2) erfc(z) sqrt(pi) = 1 / (z + (1/2) / (z + 1 / (z + (3/2) / (z + ...)))).
            var fraction = z;
            for (var n = 200; n > 0; n--)
                fraction = z + (n / 2.0 / fraction);
            return 1 / (fraction * Math.Sqrt(Math.PI));
        }

        var (sum, term) = (z, z);
        for (var n = 1; term > sum * 1e-18; n++)
        {
            term *= 2 * z * z / ((2 * n) + 1);
            sum += term;
        }

        return Math.Exp(z * z) - (2 / Math.Sqrt(Math.PI) * sum);
    }
}
