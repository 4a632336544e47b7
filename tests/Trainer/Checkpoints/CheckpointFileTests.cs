using System.Security.Cryptography;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>A checkpoint file is whole, or is refused with a clear error and left unchanged.</summary>
[TestClass]
public sealed class CheckpointFileTests
{
    private static readonly CheckpointFingerprint Identity = new([("rows", "3"), ("seed", "1")]);

    private static readonly TrainingState State = new()
    {
        Epoch = 3,
        Batches = 2,
        Seconds = 1.5,
        Skipped = 1,
        History = [new EpochResult(1, 4, new(0.5, 0.75, double.NaN), new(0.25, 1, 0.5), 10, true), new EpochResult(2, 4, new(0.1, 0.2, 0.3), null, 20, false)],
        Learner = new DiscriminatorLearnerState
        {
            Steps = 7,
            Passes = 8,
            OptimizerSteps = 7,
            Weights = new Dictionary<string, float[]> { ["a.weight"] = [1, float.MinValue], ["b"] = [-0f] },
            Mean = [1, 2, 3],
            Square = [4, 5, float.NaN],
        },
        Best = new Dictionary<string, float[]> { ["a.weight"] = [2, 3], ["b"] = [4] },
        Metrics = new BinaryMetricsState(5, 3, 0.1, 2.5, 5) { LossWeight = 7.5, Scores = [0.5f, 1, 1], Bins = [(7, 1.5, 0), (8, 1e-300, Math.PI)] },
    };

    [TestMethod]
    public void Written_state_is_read() => TemporaryFile.Use(path =>
    {
        CheckpointFile.Write(path, Identity, State);
        var content = CheckpointFile.Read(path);
        var state = content.ReadState<TrainingState>();

        CollectionAssert.AreEqual(Identity.Properties.ToArray(), content.Fingerprint.Properties.ToArray());
        CollectionAssert.AreEqual(State.History.ToArray(), state.History.ToArray());
        Assert.AreEqual((State.Epoch, State.Batches, State.Seconds, State.Skipped), (state.Epoch, state.Batches, state.Seconds, state.Skipped));
        var (expected, found) = (State.Learner!, state.Learner!);
        Assert.AreEqual((expected.Steps, expected.Passes, expected.OptimizerSteps), (found.Steps, found.Passes, found.OptimizerSteps));
        Expect.SameWeights(expected.Weights.ToDictionary(), found.Weights.ToDictionary());
        Expect.SameWeights(State.Best.ToDictionary(), state.Best.ToDictionary());
        CollectionAssert.AreEqual(expected.Mean, found.Mean);
        CollectionAssert.AreEqual(expected.Square, found.Square);
        CollectionAssert.AreEqual(State.Metrics.Scores, state.Metrics.Scores);
        CollectionAssert.AreEqual(State.Metrics.Bins, state.Metrics.Bins);
        Assert.AreEqual(State.Metrics with { Scores = [], Bins = [] }, state.Metrics with { Scores = [], Bins = [] });
        Assert.IsFalse(File.Exists(path + CheckpointFile.Unfinished));
    });

    [TestMethod]
    public void Flipped_bit_is_detected() => TemporaryFile.Use(path =>
    {
        CheckpointFile.Write(path, Identity, State);
        var whole = File.ReadAllBytes(path);
        Property.Check(Gen.Choose(0, 8 * whole.Length - 1), bit =>
        {
            var damaged = whole.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(path, damaged);
        });
    });

    [TestMethod]
    public void Truncated_file_is_refused() => TemporaryFile.Use(path =>
    {
        CheckpointFile.Write(path, Identity, State);
        var whole = File.ReadAllBytes(path);
        Property.Check(Gen.Choose(0, whole.Length - 1), length => Refused(path, whole[..length]));
    });

    [TestMethod]
    public void Other_version_or_file_kind_is_named() => TemporaryFile.Use(path =>
    {
        CheckpointFile.Write(path, Identity, State);
        var later = File.ReadAllBytes(path);
        later[7] = 3;

        Refused(path, later, "version 2", "version 3");
        Refused(path, "not a checkpoint"u8.ToArray(), "another kind");
    });

    /// <summary>What a process leaves that dies while it writes.</summary>
    [TestMethod]
    public void Unfinished_file_is_ignored_and_overwritten() => TemporaryFile.Use(path =>
    {
        CheckpointFile.Write(path, Identity, State);
        File.WriteAllBytes(path + CheckpointFile.Unfinished, [1, 2, 3]);

        Assert.AreEqual(3, CheckpointFile.Read(path).ReadState<TrainingState>().Epoch);
        CheckpointFile.Write(path, Identity, State with { Epoch = 4 });

        Assert.AreEqual(4, CheckpointFile.Read(path).ReadState<TrainingState>().Epoch);
        Assert.IsFalse(File.Exists(path + CheckpointFile.Unfinished));
    });

    /// <summary>Somebody who can make checksums can make a file: it is refused in a sentence like any other.</summary>
    [TestMethod]
    public void Changed_content_with_a_valid_checksum_is_read_or_refused() => TemporaryFile.Use(path =>
    {
        CheckpointFile.Write(path, Identity, State);
        var whole = File.ReadAllBytes(path);
        Property.Check(
            from place in Gen.Choose(8, whole.Length - SHA256.HashSizeInBytes - 1)
            from value in Gen.Choose(0, 255)
            from cut in Gen.Choose(0, 3)
            select (place, value, cut),
            one =>
            {
                var content = whole[..^SHA256.HashSizeInBytes];
                content[one.place] = (byte)one.value;
                content = content[..^one.cut];
                File.WriteAllBytes(path, [.. content, .. SHA256.HashData(content)]);
                try
                {
                    CheckpointFile.Read(path).ReadState<TrainingState>();
                }
                catch (FormatException error)
                {
                    Assert.Contains("left as it is", error.Message);
                }
            }, count: 1000);
    });

    private static void Refused(string path, byte[] content, params string[] phrases)
    {
        File.WriteAllBytes(path, content);
        Expect.Error<FormatException>(() => CheckpointFile.Read(path), [path, "left as it is", .. phrases]);
        CollectionAssert.AreEqual(content, File.ReadAllBytes(path));
    }
}
