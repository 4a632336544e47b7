using System.Security.Cryptography;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>Checkpoints of a custom training loop.</summary>
[TestClass]
public sealed class TrainingCheckpointTests
{
    private static readonly KeyValuePair<string, string>[] Facts = [new("seed", "1"), new("data", "a book")];

    [TestMethod]
    public void State_is_read_only_with_the_same_fingerprint() => TemporaryFile.Use(path =>
    {
        using (var checkpoint = new TrainingCheckpoint<Loop>(path, Facts))
        {
            Assert.IsNull(checkpoint.Read());
            checkpoint.Write(new Loop(3, [1, -0f, float.NaN], new() { ["a"] = [2] }));
            var read = checkpoint.Read()!;
            Assert.AreEqual(3, read.Step);
            CollectionAssert.AreEqual(new[] { 1, -0f, float.NaN }, read.Values);
            CollectionAssert.AreEqual(new[] { 2f }, read.Named["a"]);
        }

        Assert.AreEqual("a book", TrainingCheckpoint.ReadFingerprint(path)["data"]);
        var before = File.ReadAllBytes(path);
        using var other = new TrainingCheckpoint<Loop>(path, [new("seed", "2"), new("data", "a book")]);
        Expect.Error<InvalidOperationException>(() => other.Read(), path, "another training", "seed is 2, there it is 1");
        CollectionAssert.AreEqual(before, File.ReadAllBytes(path));
    });

    [TestMethod]
    public void State_of_another_type_is_refused() => TemporaryFile.Use(path =>
    {
        using var checkpoint = new TrainingCheckpoint<Loop>(path, Facts);
        checkpoint.Write(new Loop(3, [], []));
        checkpoint.Dispose();
        using var other = new TrainingCheckpoint<OtherLoop>(path, Facts);

        Expect.Error<FormatException>(() => other.Read(), path, nameof(OtherLoop), "left as it is");
    });

    /// <summary>What the type says cannot be missing, or be no null, is not made up.</summary>
    [TestMethod]
    public void Incomplete_state_is_refused() => TemporaryFile.Use(path =>
    {
        Written(new { Step = 1, Values = Array.Empty<float>() }, nameof(Loop));
        Written(new { Step = 1, Values = Array.Empty<float>(), Named = (Dictionary<string, float[]>?)null }, nameof(Loop));

        void Written<TState>(TState state, string phrase)
            where TState : class
        {
            using (var checkpoint = new TrainingCheckpoint<TState>(path, Facts))
                checkpoint.Write(state);
            using var loop = new TrainingCheckpoint<Loop>(path, Facts);
            Expect.Error<FormatException>(() => loop.Read(), path, phrase, "left as it is");
        }
    });

    [TestMethod]
    public void Empty_path_is_refused()
    {
        Expect.Error<ArgumentException>(() => TrainingCheckpoint.ReadFingerprint(" "), "path");
        Expect.Error<ArgumentException>(() => _ = new TrainingCheckpoint<Loop>(" ", Facts), "path");
    }

    [TestMethod]
    public void Path_is_locked_by_one_training_at_a_time() => TemporaryFile.Use(path =>
    {
        using (new TrainingCheckpoint<Loop>(path, Facts))
            Expect.Error<InvalidOperationException>(() => _ = new TrainingCheckpoint<Loop>(path, Facts), path, "belongs to a training that is running");

        new TrainingCheckpoint<Loop>(path, Facts).Dispose();
        Expect.Error<InvalidOperationException>(
            () => _ = new TrainingCheckpoint<Loop>(Path.Combine(path, "in no folder"), Facts), "cannot write beside");
    });

    [TestMethod]
    public void Invalid_fingerprint_is_refused_and_the_path_stays_unlocked() => TemporaryFile.Use(path =>
    {
        Expect.Error<ArgumentException>(() => _ = new TrainingCheckpoint<Loop>(path, [new("seed", "1"), new("seed", "2")]), "fingerprint: expected each fact once, found 'seed' twice.");
        Expect.Error<ArgumentException>(() => _ = new TrainingCheckpoint<Loop>(path, [new("seed", null!)]), "found no value of 'seed'");
        Expect.Error<ArgumentException>(() => _ = new TrainingCheckpoint<Loop>(path, [new(null!, "1")]), "found no name");

        new TrainingCheckpoint<Loop>(path, Facts).Dispose();
    });

    /// <summary>The text of another's file is anybody's.</summary>
    [TestMethod]
    public void Control_characters_of_another_file_are_escaped_in_the_error() => TemporaryFile.Use(path =>
    {
        using (var checkpoint = new TrainingCheckpoint<Loop>(path, [new("seed", "\u001b[31m" + new string('x', 10_000))]))
            checkpoint.Write(new Loop(1, [], []));
        using var other = new TrainingCheckpoint<Loop>(path, [new("seed", "1")]);

        var error = Expect.Error<InvalidOperationException>(() => other.Read(), "seed is 1, there it is \\u001B[31mxxx");

        Assert.IsFalse(error.Message.Any(char.IsControl));
        Assert.IsLessThan(3000, error.Message.Length);
    });

    /// <summary>Weights, the optimizer's memory, the schedule and dropout go on where they were.</summary>
    [TestMethod]
    public void Restored_learner_continues_like_the_original() => TemporaryFile.Use(path =>
    {
        var whole = Steps(null, 0, 6);

        Steps(path, 0, 3);
        var resumed = Steps(path, 3, 6);

        Assert.AreEqual(whole, resumed);
    });

    [TestMethod]
    public void State_of_a_network_of_other_sizes_is_refused()
    {
        using var one = Network(4);
        using var other = Network(8);
        using var learner = new DiscriminatorLearner(one);
        using var otherLearner = new DiscriminatorLearner(other);

        Expect.Error<ArgumentException>(() => otherLearner.SetState(learner.GetState()), "state: expected", "values of");
        Expect.Error<ArgumentException>(() => learner.SetState(learner.GetState() with { Mean = [1] }), "values of the optimizer");
    }

    [TestMethod]
    public void Impossible_learner_state_is_refused()
    {
        using var network = Network(4);
        using var learner = new DiscriminatorLearner(network);
        var state = learner.GetState();

        Refused(state with { Weights = null! }, "expected weights, found none");
        Refused(state with { Weights = new Dictionary<string, float[]>(state.Weights) { ["more\u001b"] = [] } }, "'more\\u001B' belongs to no part of a network of this shape");
        Refused(state with { Mean = null! }, "values of the optimizer twice, found none and ");
        Refused(state with { Mean = [.. state.Mean[1..], float.NaN] }, "every mean of the optimizer must be finite, found NaN at position ");
        Refused(state with { Square = [-1, .. state.Square[1..]] }, "every mean square of the optimizer must be 0 or positive, found -1 at position 0");
        Refused(state with { Steps = -1 }, "expected 0 steps or more, found -1");
        Refused(state with { Passes = -1 }, "expected 0 passes or more, found -1");
        Refused(state with { OptimizerSteps = -1 }, "expected 0 steps of the optimizer or more, below 2147483647, found -1");
        Refused(state with { OptimizerSteps = int.MaxValue }, "found 2147483647");

        void Refused(DiscriminatorLearnerState wrong, string problem) => Expect.Error<ArgumentException>(() => learner.SetState(wrong), "state: ", problem);
    }

    private static DiscriminatorNetwork Network(int dimension) =>
        new(new DiscriminatorConfig { EmbeddingDimension = dimension, MaxTokens = 3, Layers = 1, Dropout = 0.3 }, seed: 5);

    // Steps [first, last) of a training, from the checkpoint where there is one; the weights afterwards.
    private static string Steps(string? path, int first, int last)
    {
        using var network = Network(4);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { WarmupSteps = 2, TotalSteps = 6 });
        using var checkpoint = path is null ? null : new TrainingCheckpoint<DiscriminatorLearnerState>(path, Facts);
        if (checkpoint?.Read() is { } state)
            learner.SetState(state);
        for (var step = first; step < last; step++)
        {
            using var scope = torch.NewDisposeScope();
            var random = new Random(step);
            var sequences = torch.tensor(Samples.Values(random, 8 * 6 * 4), [8, 6, 4]);
            learner.Step(sequences, null, torch.tensor(Enumerable.Range(0, 8).Select(row => row % 2f).ToArray()));
        }

        checkpoint?.Write(learner.GetState());
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, parameter) in network.named_parameters())
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(parameter.data<float>().ToArray()));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private sealed record Loop(int Step, float[] Values, Dictionary<string, float[]> Named);

    private sealed record OtherLoop(string Step, Dictionary<string, float[]> Values);
}
