using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>The training loop: best epoch, early stopping, checkpoints and resumption.</summary>
[TestClass]
public sealed class TrainingLoopTests
{
    [TestMethod]
    public void Epoch_is_best_where_no_earlier_one_had_as_low_a_loss()
    {
        var context = Context([]);
        // Steps so large that losses go up and down.
        using var scorer = Small(context, options => (options.Epochs, options.LearningRate, options.MaxGradientNorm) = (15, 0.5, null)).Fit(Rows(context));

        var losses = scorer.History.Select(epoch => epoch.Training.Loss).ToArray();
        for (var i = 0; i < losses.Length; i++)
            Assert.AreEqual(losses[..i].All(before => losses[i] < before), scorer.History[i].IsBest, $"epoch {i + 1}");
        Assert.IsTrue(
            Enumerable.Range(1, losses.Length - 1).Any(i => losses[i] > losses[..i].Min() && losses[i] < losses[..i].Max()),
            $"No loss lies between those before it, so little is shown: {string.Join(' ', losses)}");
    }

    [TestMethod]
    public void Early_stop_is_logged_with_its_reason()
    {
        var lines = new List<string>();
        var context = Context(lines);
        using var scorer = Small(context, options => (options.Epochs, options.Patience) = (50, 2)).Fit(Rows(context), Contrary(context));

        Assert.IsLessThan(50, scorer.History.Length);
        Assert.HasCount(1, lines.FindAll(line => line.Contains("Stopped: no lower calibrated loss in 2 epochs (Patience).")));
    }

    /// <summary>The last step of the first epoch makes weights that are no numbers, which the next rows find.</summary>
    [TestMethod]
    public void Non_finite_validation_loss_ends_training_with_a_warning()
    {
        var context = Context([]);
        var trainer = Small(context, options => (options.WarmupFraction, options.WeightDecay, options.BatchSize) = (0, 1e38, 100));

        var error = Expect.Error<DiscriminatorTrainingException>(() => trainer.Fit(Rows(context), Contrary(context)), "epoch 1, on the validation rows");

        Assert.IsNull(error.Batch);
        Assert.IsEmpty(error.Rows);
        Assert.IsNull(error.LargestGradient);
    }

    [TestMethod]
    public void Cancellation_after_the_last_step_skips_validation()
    {
        var context = Context([]);
        using var source = new CancellationTokenSource();
        var epochs = 0;
        var progress = new RecordingProgress(told =>
        {
            if (told.Batch == told.Batches)
                source.Cancel();
        });
        var trainer = context.BinaryClassification.Trainers.NextTokenDiscriminator(
            Trainers.SmallOptions(options => options.ProgressSeconds = 1e-9), _ => epochs++, progress, source.Token);

        Assert.ThrowsExactly<OperationCanceledException>(() => trainer.Fit(Rows(context), Contrary(context)));

        Assert.AreEqual(0, epochs);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Checkpoint_is_written_after_CheckpointSteps(int processes) => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        var found = new List<(int Epoch, int Batches)>();
        InMemoryProcessGroup.Run(processes, one =>
        {
            var context = Context([]);
            // Five steps an epoch. What lies there when a step is told of, before what follows it is written.
            var trainer = context.BinaryClassification.Trainers.NextTokenDiscriminator(
                Trainers.SmallOptions(options =>
                {
                    (options.ProgressSeconds, options.BatchSize, options.CheckpointPath, options.CheckpointSteps) = (1e-9, 8, path, 2);
                    options.ProcessGroup = processes > 1 ? one : null;
                }),
                progress: new RecordingProgress(_ => found.Add(CheckpointFile.Read(path).ReadState<TrainingState>() is var state ? (state.Epoch, state.Batches) : default)));
            trainer.Fit(Rows(context)).Dispose();
            return true;
        });

        CollectionAssert.AreEqual(
            new[] { (1, 0), (1, 0), (1, 2), (1, 2), (1, 4), (2, 0), (2, 0), (2, 2), (2, 2), (2, 4) }, found);
    });

    [TestMethod]
    public void Training_cancelled_within_an_epoch_resumes_after_the_last_step() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        using var whole = Fit(null, stopAt: null);

        Assert.ThrowsExactly<OperationCanceledException>(() => Fit(path, stopAt: 4));
        var first = CheckpointFile.Read(path).ReadState<TrainingState>();
        Assert.ThrowsExactly<OperationCanceledException>(() => Fit(path, stopAt: 1));
        var second = CheckpointFile.Read(path).ReadState<TrainingState>();
        var lines = new List<string>();
        using var resumed = Fit(path, stopAt: null, lines);

        Assert.AreEqual((2, 1), (first.Epoch, first.Batches));
        Assert.AreEqual((2, 2), (second.Epoch, second.Batches));
        Assert.AreEqual(2L * 16, second.Metrics.Count);
        Assert.IsGreaterThan(0, first.Seconds);
        Assert.IsGreaterThan(first.Seconds, second.Seconds);
        Assert.HasCount(1, lines.FindAll(line => line.Contains($"Goes on from the checkpoint '{path}': epoch 2, 2 of 3 batches done.")));
        Expect.SameWeights(whole.Weights(), resumed.Weights());
        CollectionAssert.AreEqual(whole.History.Select(epoch => epoch.Training).ToArray(), resumed.History.Select(epoch => epoch.Training).ToArray());

        static NextTokenDiscriminatorScorer Fit(string? path, int? stopAt, List<string>? lines = null)
        {
            var context = Context(lines ?? []);
            using var source = new CancellationTokenSource();
            var progress = new RecordingProgress(_ =>
            {
                if (--stopAt == 0)
                    source.Cancel();
            });
            return context.BinaryClassification.Trainers.NextTokenDiscriminator(
                Trainers.SmallOptions(options => (options.ProgressSeconds, options.CheckpointPath, options.Dropout) = (1e-9, path, 0.2)),
                progress: progress, cancellationToken: source.Token).Fit(Rows(context));
        }
    });

    [TestMethod]
    public void Skipped_step_is_logged_by_the_main_process_only()
    {
        var warnings = InMemoryProcessGroup.Run(2, one =>
        {
            var lines = new List<string>();
            var context = Context(lines);
            var trainer = Small(
                context, options => (options.WarmupFraction, options.WeightDecay, options.MaxNonFiniteSteps, options.ProcessGroup) = (0, 1e38, 1, one));
            // In either of them, with the rows of both.
            var error = Assert.ThrowsExactly<DiscriminatorTrainingException>(() => trainer.Fit(Rows(context)));
            Assert.HasCount(8, error.Rows);
            return lines.FindAll(line => line.Contains("Skipped a step, 1 of at most 1"));
        });

        Assert.AreEqual((1, 0), (warnings[0].Count, warnings[1].Count));
    }

    [TestMethod]
    public void Repeated_reading_is_logged_with_the_size_of_the_rows()
    {
        var lines = new List<string>();
        var context = Context(lines);

        Small(context, options => options.MaxCacheBytes = 1).Fit(Rows(context)).Dispose();

        Assert.HasCount(1, lines.FindAll(line => line.Contains("; 0 MiB of rows are read again in each epoch (MaxCacheBytes).")));
    }

    private static MLContext Context(List<string> lines)
    {
        var context = new MLContext(seed: 1);
        context.Log += (_, e) => lines.Add(e.Message);
        return context;
    }

    private static NextTokenDiscriminatorTrainer Small(MLContext context, Action<Options> configure) => Trainers.Small(context, configure);

    private static IDataView Rows(MLContext context) => Trainers.Transformed(context, Samples.View(context, 40));

    // What is learned makes these worse.
    private static IDataView Contrary(MLContext context)
    {
        var rows = Samples.Fixed(20, seed: 2);
        rows.ForEach(row => row.Label = !row.Label);
        return Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
    }
}
