using System.Reflection;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Start, stop and reports of training.</summary>
[TestClass]
public sealed class TrainingControlTests
{
    [TestMethod]
    public void Each_epoch_is_logged()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.Message);
        var seen = new List<EpochResult>();
        using var scorer = Trainers.Small(context, options => (options.Epochs, options.ValidationFraction) = (3, 0.25), seen.Add)
            .Fit(Trainers.Transformed(context, Samples.View(context, 40)));

        var epochs = lines.Where(line => line.Contains("Epoch ")).ToList();
        Assert.HasCount(3, epochs);
        foreach (var phrase in new[] { "Epoch 2 of 3: loss 0.", "accuracy ", "AUC ", "; validation loss 0.", "rows/s" })
            Assert.Contains(phrase, epochs[1]);
        CollectionAssert.AreEqual(seen, scorer.History);
        Assert.AreEqual(2, seen[1].Epoch);
        Assert.IsGreaterThan(0, seen[1].RowsPerSecond);
    }

    [TestMethod]
    public void Cancellation_token_stops_within_one_batch()
    {
        var context = new MLContext(seed: 1);
        using var source = new CancellationTokenSource();
        var epochs = 0;
        // Enough epochs that nothing but the token ends the test.
        var trainer = Trainers.Small(context, options => options.Epochs = 1_000_000, CancelAtTheSecond, source.Token);
        var view = Trainers.Transformed(context, Samples.View(context, 40));

        Assert.ThrowsExactly<OperationCanceledException>(() => trainer.Fit(view));

        Assert.AreEqual(2, epochs);

        void CancelAtTheSecond(EpochResult epoch)
        {
            epochs++;
            if (epoch.Epoch == 2)
                source.Cancel();
        }
    }

    [TestMethod]
    public void Context_cancellation_stops_the_training()
    {
        var context = new MLContext(seed: 1);
        // ML.NET keeps it for its own, such as AutoML.
        var cancel = typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var trainer = Trainers.Small(context, options => options.Epochs = 1_000_000, _ => cancel.Invoke(context, null));
        var view = Trainers.Transformed(context, Samples.View(context, 40));

        Assert.ThrowsExactly<OperationCanceledException>(() => trainer.Fit(view));
    }

    [TestMethod]
    public void Training_stops_if_validation_no_longer_improves()
    {
        var context = new MLContext(seed: 1);
        // Validation labels are the opposite of the training labels: what is learned makes them worse.
        var contrary = Samples.Fixed(20, seed: 2);
        contrary.ForEach(row => row.Label = !row.Label);
        using var scorer = Trainers.Small(context, options => (options.Epochs, options.Patience) = (50, 3)).Fit(
            Trainers.Transformed(context, Samples.View(context, 40)),
            Trainers.Transformed(context, context.Data.LoadFromEnumerable(contrary)));

        var best = scorer.History.Last(epoch => epoch.IsBest).Epoch;
        Assert.HasCount(best + 3, scorer.History);
    }

    [TestMethod]
    public void Weights_of_the_best_epoch_are_kept()
    {
        var contrary = Samples.Fixed(20, seed: 2);
        contrary.ForEach(row => row.Label = !row.Label);
        NextTokenDiscriminatorScorer Fit(int epochs)
        {
            var context = new MLContext(seed: 1);
            return Trainers.Small(context, options =>
            {
                (options.Epochs, options.Patience) = (epochs, null);
                // One rate for all epochs, so that a shorter training is the beginning of a longer one.
                options.WarmupFraction = 1;
                options.LearningRate = 1e-2 * epochs;
            }).Fit(
                Trainers.Transformed(context, Samples.View(context, 40)),
                Trainers.Transformed(context, context.Data.LoadFromEnumerable(contrary)));
        }

        using var whole = Fit(epochs: 6);
        var best = whole.History.Last(epoch => epoch.IsBest);
        Assert.IsLessThan(6, best.Epoch, "The last epoch is the best: the test shows nothing.");
        using var beginning = Fit(best.Epoch);

        Assert.AreEqual(whole.History.Min(epoch => epoch.Validation!.CalibratedLoss), best.Validation!.CalibratedLoss);
        Expect.SameWeights(beginning.Weights(), whole.Weights());
    }

    [TestMethod]
    public void Non_finite_loss_stops_and_keeps_the_best_epoch()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 40));
        // A decay of 3 at each step makes -2 of every 1: the weights double until they overflow, some epochs later.
        var trainer = Trainers.Small(context, options =>
            (options.Epochs, options.WarmupFraction, options.WeightDecay) = (1000, 0, 3 / options.LearningRate));

        var error = Expect.Error<DiscriminatorTrainingException>(() => trainer.Fit(view), "no longer a finite number", "the best weights so far");

        Assert.IsGreaterThan(1, error.Epoch);
        Assert.IsTrue(error.Batch is >= 1 and <= 3, $"Batch {error.Batch}");
        Assert.Contains($"epoch {error.Epoch}, batch {error.Batch} of 3", error.Message);
        Assert.IsNotNull(error.Best);
        Assert.HasCount(error.Epoch - 1, error.Best.History);
        Assert.IsTrue(error.Best.Scores(context, view).TrueForAll(row => float.IsFinite(row.Score)));
    }

    [TestMethod]
    public void Failing_first_epoch_throws()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 40));
        var trainer = Trainers.Small(context, options => (options.WarmupFraction, options.WeightDecay) = (0, 1e38));

        var error = Expect.Error<DiscriminatorTrainingException>(() => trainer.Fit(view), "epoch 1, batch 2 of 3", "no weights to keep");

        Assert.IsNull(error.Best);
    }

    [TestMethod]
    public void Initial_weights_are_used()
    {
        var context = new MLContext(seed: 1);
        using var first = Trainers.Fit(context);
        var path = Path.GetTempFileName();
        try
        {
            first.SaveWeights(path);
            using var again = Trainers.Fit(context, options => (options.InitialWeightsPath, options.LearningRate) = (path, 1e-30));

            foreach (var (name, values) in first.Weights())
                Expect.Close(values, again.Weights()[name]);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
