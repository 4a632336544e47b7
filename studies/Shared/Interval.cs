using MathNet.Numerics.Distributions;

namespace MlNetNtd.Studies;

/// <summary>The mean of some measurements and its 95% interval.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation of one measurement.</param>
/// <param name="HalfWidth">Half the width of the 95% interval of the mean.</param>
internal sealed record Interval(double Mean, double Deviation, double HalfWidth)
{
    /// <summary>Gets whether the interval excludes zero.</summary>
    public bool ExcludesZero => Math.Abs(Mean) > HalfWidth;

    /// <summary>Estimates the interval by Student's t; that of a single measurement is infinite.</summary>
    public static Interval Estimate(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        if (values.Count < 2)
            return new Interval(mean, double.NaN, double.PositiveInfinity);
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new Interval(mean, deviation, StudentT.InvCDF(0, 1, values.Count - 1, 0.975) * deviation / Math.Sqrt(values.Count));
    }
}
