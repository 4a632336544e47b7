using System.Diagnostics;
using static MlNetNtd.Tests.AdversarialSamples;

namespace MlNetNtd.Tests;

/// <summary>Progress within an epoch and when it is reported.</summary>
[TestClass]
public sealed class ProgressReporterTests
{
    [TestMethod]
    public void Report_has_speed_padding_and_time_left_of_the_current_epoch()
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 0.25 });
        var meter = new ProgressReporter(1e-9);
        meter.Begin();
        WaitForAClockThatMoved();
        meter.Add((3, 30, 40));
        meter.Add((1, 10, 40));

        var told = meter.TryCreateReport(new TrainingState { Epoch = 2, Batches = 4 }, epochs: 5, batches: 10, loss: 0.5, learner)!;

        Assert.AreEqual((2, 5, 4, 10), (told.Epoch, told.Epochs, told.Batch, told.Batches));
        Assert.AreEqual((0.5, 0.25, 0.0), (told.Loss, told.LearningRate, told.GradientNorm));
        Assert.AreEqual(0.5, told.Padding, 1e-12);
        Assert.AreEqual(10, told.TokensPerSecond / told.RowsPerSecond, 1e-9);
        // Three epochs of 10 and 6 of this one, where 2 steps took 4 rows.
        var seconds = 4 / told.RowsPerSecond;
        Assert.AreEqual(seconds / 2 * 36, told.TimeLeft.TotalSeconds, 1e-2 * told.TimeLeft.TotalSeconds);
    }

    [TestMethod]
    public void New_epoch_resets_the_figures()
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        var meter = new ProgressReporter(1e-9);
        meter.Begin();
        meter.Add((1, 1, 100));
        meter.Begin();
        WaitForAClockThatMoved();
        meter.Add((2, 30, 40));

        var told = meter.TryCreateReport(new TrainingState { Batches = 1 }, epochs: 1, batches: 2, loss: 0.5, learner)!;

        Assert.AreEqual(0.25, meter.Padding, 1e-12);
        Assert.AreEqual(15, told.TokensPerSecond / told.RowsPerSecond, 1e-9);
        // One step more, at the pace of the one that counts.
        Assert.AreEqual(2 / told.RowsPerSecond, told.TimeLeft.TotalSeconds, 1e-2 * told.TimeLeft.TotalSeconds);
    }

    /// <summary>However slow the machine: later is no error.</summary>
    [TestMethod]
    public void Next_report_waits_for_the_interval()
    {
        var interval = TimeSpan.FromMilliseconds(20);
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        var meter = new ProgressReporter(interval.TotalSeconds);
        var sinceLast = Stopwatch.StartNew();
        meter.Begin();
        meter.Add((1, 1, 1));
        for (var times = 0; times < 3; times++)
        {
            var before = sinceLast;
            do
                sinceLast = Stopwatch.StartNew();
            while (meter.TryCreateReport(new TrainingState(), 1, 1, 0, learner) is null);
            Assert.IsGreaterThanOrEqualTo(interval, before.Elapsed);
        }
    }

    [TestMethod]
    public void No_interval_means_no_report()
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        var meter = new ProgressReporter(0);
        meter.Begin();
        meter.Add((1, 1, 1));

        Assert.IsNull(meter.TryCreateReport(new TrainingState(), 1, 1, 0, learner));
    }

    [TestMethod]
    public void Log_line_has_every_figure() => Assert.AreEqual(
        "Epoch 2 of 5, batch 4 of 10: loss 0.5000, rate 0.25, gradient 1.5; 1,234 rows/s, 56,789 tokens/s, 25% padding; 1.02:03:04 left at most",
        $"{new TrainingProgress(2, 5, 4, 10, 1234.4, 56_789, 0.25, 0.5, 0.25, 1.5, new TimeSpan(1, 2, 3, 4))}");

    // What is left is told in whole ticks.
    private static void WaitForAClockThatMoved() => Thread.Sleep(1);
}
