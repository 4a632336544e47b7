namespace MlNetNtd.Tests;

/// <summary>Ranges of the options, and the instance noise of a step.</summary>
[TestClass]
public sealed class AdversarialOptionsTests
{
    [TestMethod]
    public void Noise_falls_linearly_to_zero_or_stays_constant()
    {
        var falling = new AdversarialOptions { InstanceNoise = 0.5, InstanceNoiseSteps = 4 };
        CollectionAssert.AreEqual(new[] { 0.5, 0.375, 0.25, 0.125, 0, 0 }, new long[] { 0, 1, 2, 3, 4, 1000 }.Select(falling.GetNoise).ToArray());
        Assert.AreEqual(0.5, new AdversarialOptions { InstanceNoise = 0.5 }.GetNoise(1_000_000));
    }

    [TestMethod]
    public void Value_in_range_is_accepted()
    {
        foreach (var options in new AdversarialOptions[]
        {
            new(), new() { LabelSmoothing = 0.499 }, new() { InstanceNoise = 1e9 }, new() { InstanceNoiseSteps = 1 },
            new() { GradientPenalty = 1e9 }, new() { GradientPenaltyStep = 1e-9 }, new() { CandidatesPerToken = 1024 },
        })
        {
            Assert.IsNull(options.FindProblem());
        }
    }

    [TestMethod]
    public void Value_out_of_range_is_named_with_the_expected_range()
    {
        foreach (var value in new[] { -0.001, 0.5, double.NaN })
            Named(new() { LabelSmoothing = value }, "LabelSmoothing", "expected 0 up to but not including 0.5, found ");
        foreach (var value in new[] { -0.001, 1e308, double.PositiveInfinity, double.NaN })
        {
            Named(new() { InstanceNoise = value }, "InstanceNoise", "expected a finite number, not negative, at most 1E+30, found ");
            Named(new() { GradientPenalty = value }, "GradientPenalty", "expected a finite number, not negative, at most 1000000000000, found ");
        }

        foreach (var value in new[] { 0, -1, 1e-300, 1e308, double.PositiveInfinity, double.NaN })
            Named(new() { GradientPenaltyStep = value }, "GradientPenaltyStep", "expected a finite number above 0, from 1E-12 to 1000000000000, found ");
        foreach (var value in new[] { -1, 0, 1025 })
            Named(new() { CandidatesPerToken = value }, "CandidatesPerToken", "expected 1 to 1024 candidates, found ");
        Named(new() { InstanceNoiseSteps = 0 }, "InstanceNoiseSteps", "expected at least 1 step, or null, found 0");

        static void Named(AdversarialOptions options, string option, string problem)
        {
            Assert.AreEqual(option, options.FindProblem()?.Option);
            Assert.StartsWith(problem, options.FindProblem()!.Value.Problem);
        }
    }
}
