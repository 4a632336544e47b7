using MlNetNtd.Examples.Sweep;

namespace MlNetNtd.Examples.Tests;

/// <summary>What is tried, who goes on, and who wins.</summary>
[TestClass]
public sealed class SweepTrialTests
{
    [TestMethod]
    public void The_default_options_are_one_of_the_trials_with_the_same_budget()
    {
        var trials = Tournament.Draw(SweepSamples.Recipe, new SweepSeeds(1, 20), 20);

        var byDefault = Tournament.Complete(new NextTokenDiscriminatorTrainer.Options(), SweepSamples.Recipe, trials[0].Options.Seed!.Value);
        Assert.IsTrue(SweepFile.Same(byDefault, trials[0].Options));
        foreach (var trial in trials)
            Assert.AreEqual(SweepSamples.Recipe.Epochs, trial.Options.Epochs);
        Assert.HasCount(20, trials.Select(trial => (trial.Options.LearningRate, trial.Options.Seed)).Distinct());
    }

    [TestMethod]
    public void More_trials_begin_with_the_same_ones()
    {
        var (few, many) = (Tournament.Draw(SweepSamples.Recipe, new SweepSeeds(1, 3), 3), Tournament.Draw(SweepSamples.Recipe, new SweepSeeds(1, 9), 9));

        foreach (var (one, other) in few.Zip(many))
            Assert.IsTrue(SweepFile.Same(one.Options, other.Options));
    }

    [TestMethod]
    public void Options_that_are_written_down_come_back_the_same()
    {
        var options = Tournament.Complete(SearchSpace.Draw(7), SweepSamples.Recipe, 3);

        var copy = SweepFile.Copy(options);
        Assert.AreNotSame(options, copy);
        Assert.AreEqual(options.LearningRate, copy.LearningRate);
        Assert.AreEqual(options.Seed, copy.Seed);
        Assert.IsTrue(SweepFile.Same(options, copy));
        copy.Dropout += 0.1;
        Assert.IsFalse(SweepFile.Same(options, copy));
    }

    [TestMethod]
    public void Half_of_those_that_come_to_a_rung_go_on_the_ones_of_the_lowest_losses()
    {
        double[] losses = [0.5, 0.3, double.PositiveInfinity, 0.3, 0.6];
        var rung = new Rung(1, losses.Length, (_, found, survivors) =>
        {
            Assert.HasCount(losses.Length, found);
            Assert.HasCount(3, survivors);
        });

        var goOn = SideBySide.Run(losses.Length, (trial, stop) => rung.Pass(trial, losses[trial], stop), default);
        CollectionAssert.AreEqual(new[] { true, true, false, true, false }, goOn);
    }

    [TestMethod]
    public void A_trial_that_waits_at_a_rung_is_stopped_with_the_sweep()
    {
        var rung = new Rung(1, 2, (_, _, _) => { });

        // The other one never comes.
        Assert.ThrowsExactly<InvalidOperationException>(() => SideBySide.Run<bool>(
            2, (trial, stop) => trial == 0 ? rung.Pass(trial, 1, stop) : throw new InvalidOperationException(), default));
    }

    [TestMethod]
    public void Each_rung_expects_those_that_the_one_before_let_go_on()
    {
        var ladder = new Ladder(5, [1, 2, 4, 8], (_, _, _) => { });

        // 5, 3, 2, then one that there is nobody to compare with.
        CollectionAssert.AreEqual(new[] { 1, 2, 4 }, ladder.Rungs.Select(rung => rung.Epoch).ToArray());
    }

    [TestMethod]
    public void The_lowest_loss_wins_among_those_that_came_to_the_end()
    {
        TrialRecord[] trials =
        [
            Trial(0, ended: false, 0.9, 0.1),
            Trial(1, ended: true, 0.9, 0.8, 0.4, 0.5),
            Trial(2, ended: true, 0.9, 0.8, 0.7, 0.3),
            Trial(3, ended: false, 0.9),
            Trial(4, ended: false, 0.9) with { Failure = "The loss is no longer a finite number." },
        ];

        CollectionAssert.AreEqual(new[] { 2, 1, 0, 3, 4 }, Ranking.Of(trials).Select(trial => trial.Trial).ToArray());
        Assert.AreEqual(0.4, trials[1].Loss);
        Assert.AreEqual(0.8, trials[1].LossAt(2));
    }

    [TestMethod]
    public void The_margin_is_that_of_the_means_and_luck_is_called_luck()
    {
        FinalRecord[] finals = [Final(0, 0, 0.7), Final(0, 1, 0.8), Final(3, 0, 0.75), Final(3, 1, 0.79)];
        var outcome = Outcome.Of(finals, 3);

        Assert.AreEqual(0.02, outcome.Margin, 1e-12);
        Assert.IsFalse(outcome.IsAlways);
        Assert.AreEqual("default AUC 0.750; best AUC 0.770 of 16 trials", OutcomeReport.LastLine(outcome, 16));
    }

    /// <summary>Not luck with one seed, and not the rows that no trial saw: the mean validation loss.</summary>
    [TestMethod]
    public void The_winner_is_the_finalist_of_the_lowest_mean_loss()
    {
        FinalRecord[] finals =
        [
            new(0, 0, Loss: 0.1, 3, 0.9), new(0, 1, Loss: 0.1, 3, 0.9),
            new(5, 0, Loss: 0.3, 3, 0.9), new(5, 1, Loss: 0.7, 3, 0.9),
            new(7, 0, Loss: 0.4, 3, 0.6), new(7, 1, Loss: 0.5, 3, 0.6),
        ];

        Assert.AreEqual(7, Outcome.Winner(finals, [5, 7]));
        Assert.AreEqual(0, Outcome.Winner(finals, [5, 7, 0]));
    }

    private static FinalRecord Final(int trial, int number, double auc) => new(trial, number, 0.5, 3, auc);

    private static TrialRecord Trial(int number, bool ended, params double[] losses) => new(number, new(), losses, ended, null);
}
