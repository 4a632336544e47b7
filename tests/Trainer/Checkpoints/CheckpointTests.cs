using System.Collections.Concurrent;
using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Resumed training ends with the weights of uninterrupted training, bit for bit.</summary>
[TestClass]
public sealed class CheckpointTests
{
    /// <summary>A process that is killed at some moment leaves the file as it is at that moment.</summary>
    [TestMethod]
    [DataRow(EngineKind.Torch, 0.0, null)]
    [DataRow(EngineKind.Managed, 0.0, null)]
    [FullRunRow(EngineKind.Torch, 0.25, null)]
    [FullRunRow(EngineKind.Torch, 0.25, 1L)]
    [DataRow(EngineKind.Managed, 0.25, 1L)]
    public void Training_that_ends_at_any_moment_resumes_to_the_same_weights(EngineKind engine, double validationFraction, long? cacheBytes) => TemporaryFolder.Use(folder =>
    {
        void Configure(Options options) => (options.Engine, options.Epochs, options.Dropout, options.ValidationFraction, options.BatchSize, options.MaxCacheBytes) =
            (engine, 4, 0.2, validationFraction, 4, cacheBytes);
        using var whole = Fit(Configure);
        var path = Path.Combine(folder, "checkpoint");
        using var watcher = new CheckpointWatcher(path);

        using (var watched = Fit(options => { Configure(options); (options.CheckpointPath, options.CheckpointSteps) = (path, 1); }))
            Expect.SameWeights(whole.Weights(), watched.Weights());

        var moments = watcher.Stop();
        Assert.IsGreaterThanOrEqualTo(10, moments.Count, "So few moments show nothing.");
        foreach (var moment in moments.Where((_, number) => number % TestRun.Count(2, 8) == 0))
        {
            File.WriteAllBytes(path, moment);
            using var resumed = Fit(options => { Configure(options); options.CheckpointPath = path; });
            Expect.SameWeights(whole.Weights(), resumed.Weights());
            CollectionAssert.AreEqual(Facts(whole), Facts(resumed));
        }
    });

    [TestMethod]
    public void Cancelled_training_resumes_where_it_stopped() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        void Configure(Options options) => (options.Epochs, options.Dropout) = (5, 0.2);
        using var whole = Fit(Configure);
        using var source = new CancellationTokenSource();
        var seen = new List<int>();

        Assert.ThrowsExactly<OperationCanceledException>(() => Fit(
            options => { Configure(options); options.CheckpointPath = path; },
            epoch => { seen.Add(epoch.Epoch); if (epoch.Epoch == 2) source.Cancel(); },
            cancellation: source.Token));
        using var resumed = Fit(options => { Configure(options); options.CheckpointPath = path; }, epoch => seen.Add(epoch.Epoch));

        Expect.SameWeights(whole.Weights(), resumed.Weights());
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4, 5 }, seen);
    });

    [TestMethod]
    public void Finished_training_is_not_repeated() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        using var first = Fit(options => options.CheckpointPath = path);
        var epochs = 0;

        using var second = Fit(options => options.CheckpointPath = path, _ => epochs++);

        Assert.AreEqual(0, epochs);
        Expect.SameWeights(first.Weights(), second.Weights());
        CollectionAssert.AreEqual(first.History, second.History);
    });

    [TestMethod]
    public void Checkpoint_of_another_training_is_refused_and_kept() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        Fit(options => options.CheckpointPath = path).Dispose();
        var before = File.ReadAllBytes(path);

        Refused(options => options.LearningRate = 0.5, "LearningRate is 0.5, there it is 0.01");
        Refused(options => options.Seed = 9, "Seed is 9, there it is 1");
        Refused(options => options.Layers = 2, "Layers is 2, there it is 1");
        Refused(options => options.Epochs = 3, "Epochs is 3");
        Refused(_ => { }, "the number of training rows is 41, there it is 40", rows: 41);
        Refused(_ => { }, "what the rows hold", change: true);

        // What does not change the weights may change.
        Fit(options => (options.CheckpointPath, options.CheckpointSeconds) = (path, 60)).Dispose();

        void Refused(Action<Options> change1, string phrase, int rows = 40, bool change = false)
        {
            Expect.Error<InvalidOperationException>(
                () => Fit(options => { options.CheckpointPath = path; change1(options); }, rows: rows, otherRows: change), path, "another training", phrase);
            CollectionAssert.AreEqual(before, File.ReadAllBytes(path));
        }
    });

    [TestMethod]
    public void Concurrent_training_on_one_file_is_refused() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        Exception? found = null;

        using var scorer = Fit(options => options.CheckpointPath = path, _ => found ??= Assert.Throws<InvalidOperationException>(
            () => Fit(options => options.CheckpointPath = path)));

        Assert.Contains("belongs to a training that is running", found!.Message);
        Assert.Contains(path, found.Message);
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder));
    });

    [TestMethod]
    public void Unwritable_path_is_refused_before_the_first_step() => TemporaryFolder.Use(folder =>
    {
        var epochs = 0;
        var missing = Path.Combine(folder, "missing", "checkpoint");
        var taken = Path.Combine(folder, "taken");
        Directory.CreateDirectory(taken);

        Expect.Error<InvalidOperationException>(() => Fit(options => options.CheckpointPath = missing, _ => epochs++), "CheckpointPath", missing);
        Expect.Error<InvalidOperationException>(() => Fit(options => options.CheckpointPath = taken, _ => epochs++), "CheckpointPath", taken);

        Assert.AreEqual(0, epochs);
    });

    [TestMethod]
    public void Later_write_failure_is_a_warning() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) => { if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning) warnings.Add(e.Message); };

        using var scorer = Trainers.Small(context, options => (options.Epochs, options.CheckpointPath) = (3, path), StandInTheWay)
            .Fit(Trainers.Transformed(context, Samples.View(context, 40)));

        Assert.HasCount(3, scorer.History);
        Assert.HasCount(3, warnings);
        Assert.Contains("training goes on", warnings[0]);
        Assert.Contains(path, warnings[0]);

        void StandInTheWay(EpochResult epoch)
        {
            if (epoch.Epoch > 1)
                return;
            File.Delete(path);
            Directory.CreateDirectory(path);
        }
    });

    private static string[] Facts(NextTokenDiscriminatorScorer scorer) =>
        [.. scorer.History.Select(epoch => $"{epoch with { RowsPerSecond = 0 }} {epoch.Training.Loss:R} {epoch.Validation?.Loss:R}")];

    private static NextTokenDiscriminatorScorer Fit(
        Action<Options> configure, Action<EpochResult>? onEpoch = null, int rows = 40, bool otherRows = false, CancellationToken cancellation = default)
    {
        var context = new MLContext(seed: 1);
        return Trainers.Small(context, configure, onEpoch, cancellation)
            .Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(Samples.Fixed(rows, seed: otherRows ? 2 : 1))));
    }

    /// <summary>Copies a file whenever it is another.</summary>
    private sealed class CheckpointWatcher : IDisposable
    {
        private readonly ConcurrentQueue<byte[]> _seen = new();
        private readonly Thread _thread;
        private volatile bool _stopped;

        public CheckpointWatcher(string path)
        {
            _thread = new Thread(() => Watch(path));
            _thread.Start();
        }

        public List<byte[]> Stop()
        {
            _stopped = true;
            _thread.Join();
            return [.. _seen];
        }

        public void Dispose() => Stop();

        private void Watch(string path)
        {
            byte[] last = [];
            while (!_stopped)
            {
                if (!File.Exists(path))
                    continue;
                var now = File.ReadAllBytes(path);
                if (!now.AsSpan().SequenceEqual(last))
                    _seen.Enqueue(last = now);
            }
        }
    }
}
