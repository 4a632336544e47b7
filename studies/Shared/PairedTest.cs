using MathNet.Numerics.Distributions;

namespace MlNetNtd.Studies;

/// <summary>Student's t-test of paired differences, and Holm's correction for many of them.</summary>
internal static class PairedTest
{
    /// <summary>Computes the two-sided p of the mean of some differences; NaN for fewer than two, or if all are equal.</summary>
    public static double GetP(IReadOnlyList<double> differences)
    {
        var (count, mean) = (differences.Count, differences.Average());
        var deviation = Math.Sqrt(differences.Sum(one => (one - mean) * (one - mean)) / (count - 1));
        return count < 2 || deviation == 0 ? double.NaN : 2 * StudentT.CDF(0, 1, count - 1, -Math.Abs(mean) / deviation * Math.Sqrt(count));
    }

    /// <summary>Corrects p values for their number: none that is below the level afterwards is false with a higher probability than that.</summary>
    public static double[] CorrectByHolm(IReadOnlyList<double> p)
    {
        var corrected = new double[p.Count];
        var largest = 0.0;
        // NaN, the p of no test, sorts first and stays.
        foreach (var (rank, index) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Index())
        {
            if (!double.IsNaN(p[index]))
                largest = Math.Max(largest, Math.Min(1, (p.Count - rank) * p[index]));
            corrected[index] = double.IsNaN(p[index]) ? double.NaN : largest;
        }

        return corrected;
    }
}
