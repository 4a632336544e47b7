using MlNetNtd.Studies;
using MlNetNtd.Studies.Resampling;

namespace MlNetNtd.Examples.Tests;

/// <summary>The statistics that the studies share, and the report of Resampling.</summary>
[TestClass]
public sealed class PairedTestTests
{
    // Values of t whose two-sided p is 0.05, from published tables.
    [TestMethod]
    [DataRow(2, 12.706)]
    [DataRow(3, 4.303)]
    [DataRow(4, 3.182)]
    [DataRow(5, 2.776)]
    [DataRow(10, 2.262)]
    [DataRow(11, 2.228)]
    public void P_of_a_paired_test_is_Student_s(int count, double t)
    {
        // Deviations of 1 and -1 around a mean that has this t.
        double[] deviations = [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? 1.0 : -1.0)];
        var center = deviations.Average();
        var spread = Math.Sqrt(deviations.Sum(one => (one - center) * (one - center)) / (count - 1));
        double[] differences = [.. deviations.Select(one => one - center + t * spread / Math.Sqrt(count))];

        Assert.AreEqual(0.05, PairedTest.GetP(differences), 1e-4);
        Assert.AreEqual(0.05, PairedTest.GetP([.. differences.Select(one => -one)]), 1e-4);
    }

    [TestMethod]
    public void One_difference_and_equal_ones_have_no_p()
    {
        Assert.IsTrue(double.IsNaN(PairedTest.GetP([1])));
        Assert.IsTrue(double.IsNaN(PairedTest.GetP([1, 1])));
    }

    [TestMethod]
    public void Holm_multiplies_by_the_number_of_hypotheses_that_are_left()
    {
        double[] found = PairedTest.CorrectByHolm([0.01, 0.04, 0.03, double.NaN, 0.5]);

        double[] expected = [0.04, 0.09, 0.09, double.NaN, 0.5];
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], 1e-12);
    }

    [TestMethod]
    public void Report_compares_each_arm_with_the_generator()
    {
        ArmResult[][] outcomes = [.. Enumerable.Range(0, 3).Select(seed => new ArmResult[]
        {
            new("generator", 0.7, 0.6, 4, 0.5, 2),
            new("picks of 8", 0.6 + 0.001 * seed, 0.55 + 0.001 * seed, 3.9, 0.5 + 0.01 * seed, 5),
        })];

        string[] lines = [.. Report.CreateLines(outcomes)];

        Assert.StartsWith("3 seeds", lines[0]);
        StringAssert.Matches(lines[2], new(@"^  picks of 8 +0\.601  0\.551  3\.900 \(49\.4\)  0\.510  2\.5$"));
        StringAssert.Matches(lines[4], new(@"^  picks of 8, judge of trees, AUC +-0\.099  .* \*$"));
        StringAssert.Matches(lines[5], new(@"^  picks of 8, recurrent judge, AUC +-0\.049  .* \*$"));
        Assert.DoesNotEndWith("*", lines[7]);
    }
}
