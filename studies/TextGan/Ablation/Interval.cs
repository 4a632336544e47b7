namespace MlNetNtd.Studies.TextGan;

/// <summary>The mean of some measurements and its 95% interval.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation of one measurement.</param>
/// <param name="HalfWidth">Half the width of the 95% interval of the mean.</param>
internal sealed record Interval(double Mean, double Deviation, double HalfWidth)
{
    // Student's t, two-sided 95%, for 1 to 10 degrees of freedom; beyond that the last one, which is wider than needed.
    private static readonly double[] Student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    /// <summary>Gets whether the interval excludes zero.</summary>
    public bool ExcludesZero => Math.Abs(Mean) > HalfWidth;

    /// <summary>Estimates the interval by Student's t; that of a single measurement is infinite.</summary>
    public static Interval Estimate(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        if (values.Count < 2)
            return new Interval(mean, double.NaN, double.PositiveInfinity);
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new Interval(mean, deviation, Student[Math.Min(values.Count - 1, Student.Length) - 1] * deviation / Math.Sqrt(values.Count));
    }
}
