namespace MlNetNtd.Examples.TextGan;

/// <summary>What some measurements say of their mean.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation of one measurement.</param>
/// <param name="Reach">The 95% interval of the mean reaches so far to both sides.</param>
internal sealed record Interval(double Mean, double Deviation, double Reach)
{
    // Student's t, two-sided 95%, for 1 to 10 degrees of freedom; beyond that the last is on the safe side.
    private static readonly double[] Student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    /// <summary>Whether the interval leaves out zero.</summary>
    public bool LeavesOutZero => Math.Abs(Mean) > Reach;

    /// <summary>By Student's t; of a single measurement the interval is without end.</summary>
    public static Interval Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        if (values.Count < 2)
            return new Interval(mean, double.NaN, double.PositiveInfinity);
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new Interval(mean, deviation, Student[Math.Min(values.Count - 1, Student.Length) - 1] * deviation / Math.Sqrt(values.Count));
    }
}
