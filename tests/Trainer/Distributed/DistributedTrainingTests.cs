using Microsoft.ML;
using Microsoft.ML.Runtime;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Distributed training has the result of one process. Threads stand for the processes; tests/Mpi has real ones.</summary>
[TestClass]
public sealed class DistributedTrainingTests
{
    private const int Rows = 90;

    [TestMethod]
    [DataRow(2, 16, false, DisplayName = "2: each has lanes of its own")]
    [DataRow(2, 16, false, EngineKind.Torch, DisplayName = "2, with the Torch engine")]
    [DataRow(4, 16, false, DisplayName = "4: each has lanes of its own")]
    [DataRow(3, 16, false, DisplayName = "3: each reads all rows")]
    [DataRow(2, 7, false, DisplayName = "2, and rows of a step that cannot be halved")]
    [DataRow(2, 16, true, DisplayName = "2, rows of similar length together")]
    [DataRow(5, 4, true, DisplayName = "more than rows in a step")]
    public void Losses_equal_those_of_one_process(int processes, int rowsPerStep, bool byLength, EngineKind engine = EngineKind.Managed)
    {
        void Configure(Options options) => (options.Engine, options.BatchSize, options.BucketByLength) = (engine, rowsPerStep, byLength);
        using var alone = Fit(null, Configure);
        var together = Fit(processes, Configure);

        foreach (var scorer in together)
        {
            foreach (var (expected, found) in alone.History.Zip(scorer.History, (expected, found) => (expected, found)))
            {
                Assert.AreEqual(expected.Training.Loss, found.Training.Loss, 1e-5, $"{found}");
                Assert.AreEqual(expected.Training.AreaUnderRocCurve, found.Training.AreaUnderRocCurve, 1e-3, $"{found}");
                Assert.AreEqual(expected.Validation!.Loss, found.Validation!.Loss, 1e-5, $"{found}");
                Assert.AreEqual(expected.IsBest, found.IsBest);
            }
        }

        Dispose(together);
    }

    [TestMethod]
    public void Streamed_rows_give_the_same_result()
    {
        var kept = Fit(2, _ => { });
        var again = Fit(2, options => options.MaxCacheBytes = 1);

        Expect.SameWeights(kept[0].Weights(), again[0].Weights());
        Dispose(kept);
        Dispose(again);
    }

    [TestMethod]
    public void Every_process_gets_the_same_scorer()
    {
        var scorers = Fit(3, _ => { });

        foreach (var scorer in scorers)
        {
            Expect.SameWeights(scorers[0].Weights(), scorer.Weights());
            CollectionAssert.AreEqual(scorers[0].History.ToArray(), scorer.History.ToArray());
        }

        Dispose(scorers);
    }

    [TestMethod]
    public void Processes_without_a_seed_use_that_of_the_main_process()
    {
        // Each process has a context of its own, which nobody gave a seed.
        var scorers = Fit(2, options => options.Seed = null, () => new MLContext());

        Expect.SameWeights(scorers[0].Weights(), scorers[1].Weights());
        Dispose(scorers);
    }

    [TestMethod]
    public void Only_the_main_process_logs_and_reports_epochs()
    {
        var said = InMemoryProcessGroup.Run(2, one =>
        {
            var (lines, epochs) = (new List<string>(), 0);
            var context = Context(lines);
            Trainers.Small(context, options => options.ProcessGroup = one, _ => epochs++).Fit(View(context)).Dispose();
            return (Lines: lines, Epochs: epochs);
        });

        Assert.AreEqual((2, 0), (said[0].Epochs, said[1].Epochs));
        Assert.HasCount(2, said[0].Lines.FindAll(line => line.Contains("Epoch ") && line.Contains("rows/s")));
        // The transform before the trainer does not matter to them.
        Assert.IsEmpty(said[1].Lines.FindAll(line => !line.Contains("Source=NextTokenDiscriminator,")));
    }

    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(1, 2)]
    [DataRow(2, 4)]
    public void Checkpoint_resumes_with_another_world_size(int before, int after) => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        void Configure(Options options) => (options.Epochs, options.CheckpointPath) = (4, path);
        using var alone = Fit(null, options => options.Epochs = 4);
        foreach (var stopAfter in new[] { 3, 8 })
            Assert.ThrowsExactly<OperationCanceledException>(() => Stopped(stopAfter == 3 ? before : after, stopAfter, Configure));

        Assert.IsTrue(File.Exists(path));
        var last = Fit(after, Configure);

        for (var epoch = 0; epoch < 4; epoch++)
        {
            Assert.AreEqual(alone.History[epoch].Training.Loss, last[0].History[epoch].Training.Loss, 1e-5, $"epoch {epoch + 1}");
            Assert.AreEqual(alone.History[epoch].Validation!.Loss, last[0].History[epoch].Validation!.Loss, 1e-5, $"epoch {epoch + 1}");
        }

        Dispose(last);
    });

    [TestMethod]
    public void Invalid_input_in_one_process_fails_in_all_with_its_rank()
    {
        var errors = InMemoryProcessGroup.Errors(3, one => Fit(one, options => options.FeatureColumnName = one.Rank == 1 ? "None" : "Combined"));

        Assert.Contains("None", errors[1].Message);
        foreach (var rank in new[] { 0, 2 })
            Has(errors[rank].Message, "Process 1 of 3", "None");
    }

    [TestMethod]
    public void Different_options_in_one_process_fail_in_all()
    {
        foreach (var error in InMemoryProcessGroup.Errors(2, one => Fit(one, options => options.LearningRate = one.Rank == 0 ? 0.01 : 0.02)))
            Has(error.Message, "process 1 of 2", "trains something else", "LearningRate is 0.02, there it is 0.01");
    }

    [TestMethod]
    public void Non_finite_loss_names_the_rows_of_all_processes()
    {
        var errors = InMemoryProcessGroup.Errors(2, one => Fit(one, options => (options.LearningRate, options.MaxGradientNorm) = (1e30, 0))).Cast<DiscriminatorTrainingException>().ToArray();

        Assert.HasCount(16, errors[0].Rows);
        CollectionAssert.AreEqual(errors[0].Rows.ToArray(), errors[1].Rows.ToArray());
    }

    [TestMethod]
    public void Failed_process_ends_the_others()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => InMemoryProcessGroup.Run(2, one =>
        {
            var context = Context();
            return Trainers.Small(context, options => options.ProcessGroup = one, _ => throw new IOException("no line for it")).Fit(View(context));
        }));

        Has(error.Message, "Process 0 of 2 ends all of them", "IOException", "no line for it");
    }

    private static NextTokenDiscriminatorScorer Fit(IProcessGroup? workers, Action<Options> configure)
    {
        var context = Context();
        return Trainers.Small(context, options => Set(options, workers, configure)).Fit(View(context));
    }

    private static NextTokenDiscriminatorScorer[] Fit(int processes, Action<Options> configure, Func<MLContext>? makeContext = null) =>
        InMemoryProcessGroup.Run(processes, one =>
        {
            var context = makeContext?.Invoke() ?? Context();
            return Trainers.Small(context, options => Set(options, one, configure)).Fit(View(context));
        });

    // Cancelled in the last process, before a step.
    private static NextTokenDiscriminatorScorer[] Stopped(int processes, int step, Action<Options> configure) => InMemoryProcessGroup.Run(processes, one =>
    {
        var context = Context();
        using var source = new CancellationTokenSource();
        var steps = 0;
        var stopping = new RecordingProcessGroup(one, () =>
        {
            StopIf(++steps == step && one.Rank == one.WorldSize - 1);
        });
        // One that trains alone takes no step with others: it stops after an epoch.
        return Trainers.Small(
            context, options => Set(options, stopping, configure), _ => StopIf(one.WorldSize == 1), source.Token).Fit(View(context));

        void StopIf(bool isTime)
        {
            if (isTime)
                source.Cancel();
        }
    });

    private static void Set(Options options, IProcessGroup? workers, Action<Options> configure)
    {
        (options.ValidationFraction, options.Dropout, options.ProcessGroup) = (0.2, 0.2, workers);
        configure(options);
    }

    private static void Has(string message, params string[] phrases)
    {
        foreach (var phrase in phrases)
            Assert.Contains(phrase, message);
    }

    private static void Dispose(NextTokenDiscriminatorScorer[] scorers) => Array.ForEach(scorers, scorer => scorer.Dispose());

    private static MLContext Context(List<string>? lines = null)
    {
        var context = new MLContext(seed: 1);
        context.Log += (_, e) =>
        {
            // That a channel opens and closes is ML.NET's to say.
            if (e.Kind != ChannelMessageKind.Trace)
                lines?.Add(e.Message);
        };
        return context;
    }

    // Rows of every length.
    private static IDataView View(MLContext context) =>
        Trainers.Transformed(context, context.Data.LoadFromEnumerable(Samples.Free(Rows, TokenRow.Tokens)));
}
