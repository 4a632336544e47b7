using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>The metric that compares epochs: the calibrated loss by default, the loss or the AUC.</summary>
[TestClass]
public sealed class MonitorMetricTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Epoch_is_best_where_no_earlier_one_had_as_high_an_AUC(bool validates)
    {
        using var scorer = Fit(validates, options => (options.Epochs, options.Patience) = (12, null));

        var found = scorer.History.Select(epoch => (epoch.Validation ?? epoch.Training).AreaUnderRocCurve).ToArray();
        for (var i = 0; i < found.Length; i++)
            Assert.AreEqual(found[..i].All(before => found[i] > before), scorer.History[i].IsBest, $"Epoch {i + 1}: {string.Join(' ', found)}");
        if (!validates)
            return;
        var lowest = scorer.History.MinBy(epoch => epoch.MonitoredLoss);
        Assert.AreNotEqual(lowest, scorer.History.Last(epoch => epoch.IsBest), "Loss and AUC agree on the epoch, so nothing is shown.");
    }

    [TestMethod]
    [DataRow(MonitorMetric.Loss)]
    [DataRow(MonitorMetric.CalibratedLoss)]
    public void Epoch_is_best_where_no_earlier_one_had_as_low_a_loss(MonitorMetric metric)
    {
        using var scorer = Fit(true, options => (options.Epochs, options.Patience, options.MonitorMetric) = (12, null, metric));

        var found = scorer.History.Select(epoch => metric == MonitorMetric.Loss ? epoch.Validation!.Loss : epoch.Validation!.CalibratedLoss).ToArray();
        for (var i = 0; i < found.Length; i++)
            Assert.AreEqual(found[..i].All(before => found[i] < before), scorer.History[i].IsBest, $"Epoch {i + 1}: {string.Join(' ', found)}");
        Assert.IsTrue(scorer.History.Any(epoch => !epoch.IsBest), "Each epoch is the best so far, so little is shown.");
    }

    [TestMethod]
    public void Kept_weights_are_those_of_the_epoch_with_the_highest_AUC()
    {
        var (training, validation) = Views();
        using var scorer = Fit(true, options => (options.Epochs, options.Patience) = (12, null));

        var auc = Ml.BinaryClassification.Evaluate(scorer.Transform(validation)).AreaUnderRocCurve;

        Assert.AreEqual(scorer.History.Max(epoch => epoch.Validation!.AreaUnderRocCurve), auc, 1e-6);
    }

    [TestMethod]
    public void Training_stops_when_the_AUC_no_longer_rises_and_logs_it()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.RawMessage);
        var (training, validation) = Views();

        using var scorer = Trainers.Small(context, options => Configure(options, options => (options.Epochs, options.Patience) = (60, 3))).Fit(training, validation);

        Assert.HasCount(scorer.History.Last(epoch => epoch.IsBest).Epoch + 3, scorer.History);
        Assert.HasCount(1, lines.FindAll(line => line == "Stopped: no higher AUC in 3 epochs (Patience)."));
    }

    /// <summary>A training that goes on compares with the epochs before, by the same figure.</summary>
    [TestMethod]
    [DataRow(2)]
    [DataRow(5)]
    public void Resumed_training_keeps_the_same_epoch(int cancelAfter)
    {
        using var expected = Fit(true, options => (options.Epochs, options.Patience) = (9, null));
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            void WithCheckpoint(Options options) => (options.Epochs, options.Patience, options.CheckpointPath) = (9, null, path);
            using var stop = new CancellationTokenSource();
            var (training, validation) = Views();
            Assert.Throws<OperationCanceledException>(() => Trainers.Small(
                Ml, options => Configure(options, WithCheckpoint),
                epoch =>
                {
                    if (epoch.Epoch == cancelAfter)
                        stop.Cancel();
                },
                stop.Token).Fit(training, validation));

            using var found = Fit(true, WithCheckpoint);

            CollectionAssert.AreEqual(
                expected.History.Select(epoch => (epoch.Epoch, epoch.IsBest, epoch.Validation)).ToArray(),
                found.History.Select(epoch => (epoch.Epoch, epoch.IsBest, epoch.Validation)).ToArray());
            Expect.SameWeights(expected.Weights(), found.Weights());
            Expect.Error<InvalidOperationException>(
                () => Fit(true, options =>
                {
                    WithCheckpoint(options);
                    options.MonitorMetric = MonitorMetric.Loss;
                }),
                "MonitorMetric");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    [DataRow(true, "negative")]
    [DataRow(false, "positive")]
    public void Validation_rows_of_one_label_are_refused_before_training(bool label, string missing)
    {
        var (training, _) = Views();
        var rows = Samples.Fixed(6).FindAll(row => row.Label == label);
        var validation = Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(rows));

        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(Ml, options => options.MonitorMetric = MonitorMetric.AreaUnderRocCurve).Fit(training, validation),
            $"Column 'Label': no {missing} label among the 3 validation rows; MonitorMetric = AreaUnderRocCurve needs both kinds.");
        using var scorer = Trainers.Small(Ml).Fit(training, validation);
        Assert.HasCount(2, scorer.History);
    }

    /// <summary>The scorer's settings are no part of what is trained, so they may change when a training goes on.</summary>
    [TestMethod]
    public void Output_options_of_the_scorer_may_change_on_resume()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var first = Trainers.Fit(Ml, options => options.CheckpointPath = path);
            using var again = Trainers.Fit(Ml, options =>
            {
                (options.CheckpointPath, options.TokenProbabilities, options.PadTokenScores) = (path, true, false);
                options.BadRowPolicy = BadRowPolicy.Skip;
            });

            Assert.IsTrue(again.TokenProbabilities);
            Expect.SameWeights(first.Weights(), again.Weights());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static NextTokenDiscriminatorScorer Fit(bool validates, Action<Options> configure)
    {
        var (training, validation) = Views();
        var trainer = Trainers.Small(Ml, options => Configure(options, configure));
        return validates ? trainer.Fit(training, validation) : trainer.Fit(training);
    }

    // Steps so large that the figures go up and down.
    private static void Configure(Options options, Action<Options> configure)
    {
        (options.MonitorMetric, options.LearningRate, options.MaxGradientNorm, options.Seed) = (MonitorMetric.AreaUnderRocCurve, 0.1, null, 3);
        configure(options);
    }

    // Of 40 training rows every fifth has the wrong label, so that no figure becomes perfect.
    private static (IDataView Training, IDataView Validation) Views() => (View(40, seed: 1), View(30, seed: 2));

    private static IDataView View(int count, int seed)
    {
        var rows = Samples.Fixed(count, seed);
        for (var i = 0; i < count; i += 5)
            rows[i].Label = !rows[i].Label;
        return Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(rows));
    }
}
