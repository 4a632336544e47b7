using System.Text.Json;
using MlNetNtd.Studies.Sweep;

namespace MlNetNtd.Examples.Tests;

/// <summary>The trials of a sweep: their options, their rungs and the winner.</summary>
[TestClass]
public sealed class SweepTrialTests
{
    [TestMethod]
    public void Default_options_are_one_of_the_trials_with_the_same_budget()
    {
        var trials = Draw(20);

        var options = new NextTokenDiscriminatorTrainer.Options { LabelColumnName = "TokenLabels", Epochs = SweepSamples.Hyperparameters.Epochs, Seed = trials[0].Options.Seed };
        Assert.AreEqual(JsonSerializer.Serialize(options), JsonSerializer.Serialize(trials[0].Options));
        foreach (var trial in trials)
            Assert.AreEqual(SweepSamples.Hyperparameters.Epochs, trial.Options.Epochs);
        Assert.HasCount(20, trials.Select(trial => (trial.Options.LearningRate, trial.Options.Seed)).Distinct());
    }

    [TestMethod]
    public void Larger_sweep_begins_with_the_same_trials()
    {
        foreach (var (one, other) in Draw(3).Zip(Draw(9)))
            Assert.AreEqual(JsonSerializer.Serialize(one.Options), JsonSerializer.Serialize(other.Options));
    }

    [TestMethod]
    public void Half_of_the_trials_with_the_lowest_losses_survive_a_rung()
    {
        double[] losses = [0.5, 0.3, double.PositiveInfinity, 0.3, 0.6];

        CollectionAssert.AreEqual(
            new[] { 1, 3, 0 }, SuccessiveHalving.SelectSurvivors(losses.Index().ToDictionary(loss => loss.Index, loss => loss.Item)).ToArray());
    }

    /// <summary>Neither a lucky seed nor the rows that no trial saw decide.</summary>
    [TestMethod]
    public void Best_finalist_has_the_lowest_mean_loss()
    {
        FinalResult[] finals =
        [
            new(0, Loss: 0.1, 0.9), new(0, Loss: 0.1, 0.9), new(5, Loss: 0.3, 0.9), new(5, Loss: 0.7, 0.9), new(7, Loss: 0.4, 0.6), new(7, Loss: 0.5, 0.6),
        ];

        Assert.AreEqual(7, SweepRun.SelectBest(finals, [5, 7]));
        Assert.AreEqual(0, SweepRun.SelectBest(finals, [5, 7, 0]));
    }

    private static Trial[] Draw(int count) => SuccessiveHalving.DrawTrials(SweepSamples.Hyperparameters with { Trials = count }, new SweepSeeds(1, count));
}
