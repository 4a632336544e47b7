using MlNetNtd.Studies.Realism;

namespace MlNetNtd.Examples.Tests;

/// <summary>The study Realism at a size that takes seconds; how well faults are found is not tested.</summary>
[TestClass]
public sealed class RealismStudyTests
{
    [TestMethod]
    public void Vector_autoregression_is_found_in_what_it_draws()
    {
        var model = new VectorAutoregression([Simulate(4000, 1)], lags: 1);
        var again = new VectorAutoregression([model.Draw(Simulate(10, 2), 4000, new Random(3))], lags: 1);

        foreach (var (expected, found) in model.Deviations.Zip(again.Deviations))
            Assert.AreEqual(expected, found, 0.03);
        // The model explains most of the variance.
        Assert.IsLessThan(0.6, again.Deviations[0]);
    }

    [TestMethod]
    public void Surprise_is_highest_at_the_step_that_is_wrong()
    {
        var model = new VectorAutoregression([Simulate(4000, 1)], lags: 1);
        var steps = Simulate(12, 2);
        steps[7][1] += 5;

        Assert.AreEqual(7, Enumerable.Range(1, 11).MaxBy(step => model.GetSurprise(steps, step)));
    }

    [TestMethod]
    public void Every_comparison_is_evaluated()
    {
        var study = new Study(new Recording(["a", "b"], Simulate(960, 1)), windowLength: 8, windowsPerBlock: 4);
        var options = new RealismOptions { NumberOfPermutations = 19, Trainer = new() { Layers = 1, Epochs = 2, ModelDimension = 8 } };

        Outcome[] outcomes = [.. study.CompareWithSynthetic(1).Prepend(study.CompareHalves(1)).Select(comparison => Outcome.Evaluate(study, comparison, 1, options))];

        CollectionAssert.AreEqual(
            new[] { "the other half", "bootstrap of a vector autoregression", "spike of 6 deviations", "displaced step", "level shift of 3 deviations" },
            outcomes.Select(outcome => outcome.Comparison).ToArray());
        foreach (var outcome in outcomes)
        {
            Assert.IsInRange(0, 1, outcome.Discriminator.Value);
            Assert.IsInRange(0, 1, outcome.Baseline.Value);
        }

        foreach (var outcome in outcomes[2..])
            Assert.IsInRange(0, 1, outcome.Found);
        // Chance finds 3 of 8 steps.
        Assert.IsGreaterThan(0.7, outcomes[2].FoundBySurprise);
        Assert.HasCount(1 + outcomes.Length, Report.CreateSummary(outcomes));
    }

    [TestMethod]
    public void Short_recording_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new Study(new Recording(["a", "b"], Simulate(100, 1)), windowLength: 8, windowsPerBlock: 4));

        Assert.AreEqual("recording: expected at least 20 blocks of 4 windows of 8 steps, found 3.", error.Message);
    }

    // Counts around 50, each of which depends on the one before it.
    private static double[][] Simulate(int count, int seed)
    {
        var random = new Random(seed);
        var (steps, state) = (new double[count][], new double[2]);
        for (var step = 0; step < count; step++)
        {
            state = [(0.8 * state[0]) + Noise(), (0.5 * state[0]) + (0.3 * state[1]) + Noise()];
            steps[step] = [.. state.Select(value => CountScale.Round(4 + value))];
        }

        return steps;

        double Noise() => random.NextDouble() - 0.5 + random.NextDouble() - 0.5;
    }
}
