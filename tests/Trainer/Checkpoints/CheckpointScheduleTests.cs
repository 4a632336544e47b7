using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>When a checkpoint is due, and errors of one that cannot be read.</summary>
[TestClass]
public sealed class CheckpointScheduleTests
{
    private static readonly CheckpointFingerprint Identity = new([("rows", "3")]);
    private static readonly TrainingStateValidator Bounds = new(new DiscriminatorConfig { EmbeddingDimension = 2, MaxTokens = 3 }.Resolve(), 2, 10, 0, Validates: false);

    [TestMethod]
    public void Checkpoint_never_due_without_a_schedule() => With(new Options(), checkpoints =>
    {
        Assert.IsFalse(checkpoints.IsDue(1_000_000));
        Assert.IsNull(checkpoints.Last);
    });

    [TestMethod]
    public void Checkpoint_due_after_steps() => With(new Options { CheckpointSteps = 3 }, checkpoints =>
    {
        checkpoints.WriteInitial(After(0));
        CollectionAssert.AreEqual(new[] { false, false, false, true, true }, Range(0, 5));
        checkpoints.Save(After(4));
        CollectionAssert.AreEqual(new[] { false, false, true, true }, Range(5, 4));

        bool[] Range(int first, int count) => [.. Enumerable.Range(first, count).Select(steps => checkpoints.IsDue(steps))];
    });

    /// <summary>However slow the machine: later is no error.</summary>
    [TestMethod]
    public void Checkpoint_due_after_seconds()
    {
        var interval = TimeSpan.FromMilliseconds(20);
        var sinceLast = Stopwatch.StartNew();
        With(new Options { CheckpointSeconds = interval.TotalSeconds }, checkpoints =>
        {
            for (var times = 0; times < 3; times++)
            {
                while (!checkpoints.IsDue(0))
                {
                }

                Assert.IsGreaterThanOrEqualTo(interval, sinceLast.Elapsed);
                sinceLast.Restart();
                checkpoints.Save(After(0));
            }
        });
        With(new Options { CheckpointSeconds = 3600 }, checkpoints => Assert.IsFalse(checkpoints.IsDue(1_000_000)));
    }

    [TestMethod]
    public void Checkpoint_due_after_steps_or_seconds() => With(
        new Options { CheckpointSteps = 3, CheckpointSeconds = 3600 },
        checkpoints => Assert.AreEqual((false, true), (checkpoints.IsDue(2), checkpoints.IsDue(3))));

    /// <summary>A disk that is full stays so for a while: looking at it at every step would cost more than the step.</summary>
    [TestMethod]
    public void Failed_checkpoint_due_after_another_interval() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        With(new Options { CheckpointSteps = 3, CheckpointSeconds = 3600 }, checkpoints =>
        {
            Directory.CreateDirectory(path);
            Assert.IsTrue(checkpoints.IsDue(3));

            checkpoints.Save(After(3));

            Assert.IsNull(checkpoints.Last, "It failed.");
            Assert.AreEqual((false, false, true), (checkpoints.IsDue(3), checkpoints.IsDue(5), checkpoints.IsDue(6)));
        }, path);
    });

    [TestMethod]
    public void Last_checkpoint_is_named_with_epoch_and_batch() => With(new Options(), checkpoints =>
    {
        checkpoints.WriteInitial(After(0) with { Epoch = 2, Batches = 7 });
        Assert.EndsWith("checkpoint' (epoch 2, 7 batches done)", checkpoints.Last);
    });

    [TestMethod]
    public void Unusable_checkpoint_error_names_the_option() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        File.WriteAllText(path, "nothing of the kind");
        With(new Options(), checkpoints => Expect.Error<FormatException>(() => checkpoints.Read(Bounds), $"CheckpointPath: {path}: expected a checkpoint"), path);
        CheckpointFile.Write(path, new CheckpointFingerprint([("rows", "4")]), After(0));
        With(
            new Options(),
            checkpoints => Assert.StartsWith($"CheckpointPath: '{path}' is of another training", Expect.Error<InvalidOperationException>(() => checkpoints.Read(Bounds)).Message),
            path);
        With(new Options(), _ => Expect.Error<InvalidOperationException>(() => With(new Options(), _ => { }, path), $"CheckpointPath: '{path}' belongs to a training"), path);
    });

    [TestMethod]
    public void Difference_of_fingerprints_shows_short_values_only()
    {
        var (short1, long1) = (new string('x', 200), new string('x', 201));
        Assert.IsNull(Of("a", "b").FindDifference(Of("a", "b")));
        Assert.AreEqual("a is b, there it is none", Of("a", "b").FindDifference(Of("c", "d")));
        Assert.AreEqual("a is none, there it is d", Of("a", "").FindDifference(Of("a", "d")));
        Assert.AreEqual($"a is {short1}, there it is d", Of("a", short1).FindDifference(Of("a", "d")));
        Assert.AreEqual("a differs", Of("a", long1).FindDifference(Of("a", "d")));
        Assert.AreEqual("a is 1, there it is 3; b is 2, there it is 4", new CheckpointFingerprint([("a", "1"), ("b", "2")]).FindDifference(new([("b", "4"), ("a", "3")])));

        static CheckpointFingerprint Of(string name, string value) => new([(name, value)]);
    }

    private static TrainingState After(long steps) => new()
    {
        Learner = new DiscriminatorLearnerState { Steps = steps, Passes = steps, OptimizerSteps = (int)steps, Weights = new Dictionary<string, float[]>(), Mean = [], Square = [] },
    };

    private static void With(Options options, Action<CheckpointManager> act) => TemporaryFolder.Use(folder => With(options, act, Path.Combine(folder, "checkpoint")));

    private static void With(Options options, Action<CheckpointManager> act, string path)
    {
        options.CheckpointPath = path;
        IHostEnvironment context = new MLContext();
        using var channel = context.Start("Test");
        using var checkpoints = CheckpointManager.Open(context, channel, options, Identity, CheckpointManager.TryLock(context, options))!;
        act(checkpoints);
    }
}
