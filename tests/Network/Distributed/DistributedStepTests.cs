using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A step whose rows are divided among processes equals the step of one process.</summary>
[TestClass]
public sealed class DistributedStepTests
{
    private const int Dimension = 6;
    private const int Tokens = 9;
    private const int Steps = 50;

    private static DiscriminatorConfig Shape => new()
    {
        EmbeddingDimension = Dimension,
        ModelDimension = 8,
        Heads = 2,
        MaxTokens = Tokens,
        Dropout = 0,
        LearnInitialEmbedding = true,
    };

    [TestMethod]
    [DataRow(2, 1, 0.0, false)]
    [FullRunRow(4, 1, 0.0, true)]
    [FullRunRow(2, 2, 0.0, true)]
    [DataRow(3, 2, 0.3, false)]
    public void Losses_of_50_steps_equal_those_of_one_process(int processes, int threads, double dropout, bool byToken)
    {
        var expected = InMemoryProcessGroup.Run(1, one => Train(null, one, threads: 1, dropout, byToken))[0];
        var found = InMemoryProcessGroup.Run(processes, one => Train(new GradientAllReduce(one), one, threads, dropout, byToken));

        foreach (var (losses, weights) in found)
        {
            for (var step = 0; step < Steps; step++)
                Assert.AreEqual(expected.Losses[step], losses[step], 1e-5f, $"step {step}");
            CollectionAssert.AreEqual(found[0].Losses, losses);
            CollectionAssert.AreEqual(found[0].Weights, weights);
        }

        Assert.IsLessThan(expected.Losses[0] - 0.1f, expected.Losses[^2], "It learns nothing, so equal losses show little.");
    }

    [TestMethod]
    public void Non_finite_row_in_one_process_ends_the_step_in_all()
    {
        var found = InMemoryProcessGroup.Run(2, one =>
        {
            using var scope = NewDisposeScope();
            using var network = new DiscriminatorNetwork(Shape, seed: 1);
            using var learner = new DiscriminatorLearner(network) { Threads = 1, AllReduce = new GradientAllReduce(one) };
            var before = network.ToStateDictionary()["head.weight"];
            var batch = Draw(step: 0, rows: 4, byToken: false);
            if (one.Rank == 1)
                batch.Sequences[2, 1, 0] = float.NaN;

            var loss = learner.Step([batch], out _);

            CollectionAssert.AreEqual(before, network.ToStateDictionary()["head.weight"]);
            return (Loss: loss, learner.Steps);
        });

        foreach (var (loss, steps) in found)
            Assert.AreEqual((double.NaN, 0L), (loss, steps));
    }

    [TestMethod]
    public void Step_is_one_all_reduce_that_carries_the_signals()
    {
        var found = InMemoryProcessGroup.Run(3, one =>
        {
            using var scope = NewDisposeScope();
            using var network = new DiscriminatorNetwork(Shape, seed: 1);
            var shared = new GradientAllReduce(one, signalCount: 2);
            using var learner = new DiscriminatorLearner(network) { Threads = 1, AllReduce = shared };
            (shared.Signals[0], shared.Signals[1]) = (one.Rank, 1);

            learner.Step([Draw(step: 0, rows: 2, byToken: false)], out _);

            return (shared.Signals, one.Calls);
        });

        foreach (var (flags, calls) in found)
        {
            CollectionAssert.AreEqual(new[] { 3f, 3f }, flags);
            Assert.AreEqual(1, calls);
        }
    }

    // The same rows however they are divided; now and then there are fewer than processes.
    private static (float[] Losses, float[] Weights) Train(GradientAllReduce? shared, InMemoryProcessGroup one, int threads, double dropout, bool byToken)
    {
        using var network = new DiscriminatorNetwork(Shape with { Dropout = dropout }, seed: 1);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 1e-2 }) { Threads = threads, AllReduce = shared };
        var losses = new float[Steps];
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var rows = step % 5 == 4 ? 2 : 16;
            var (first, end) = (rows * one.Rank / one.WorldSize, rows * (one.Rank + 1) / one.WorldSize);
            var batch = Draw(step, rows, byToken);
            if (shared is not null)
                shared.FirstRow = first;
            losses[step] = (float)learner.Step(first == end ? [] : [Rows(batch, first, end - first)], out _);
        }

        return (losses, [.. network.ToStateDictionary().Values.SelectMany(entry => entry.Value)]);
    }

    private static MicroBatch Rows(MicroBatch batch, int first, int rows) => new(
        batch.Sequences.narrow(0, first, rows), null, batch.Labels.narrow(0, first, rows),
        batch.RealTokens!.narrow(0, first, rows), batch.Weights!.narrow(0, first, rows));

    // Rows of every length and weight, told apart by a token's first value.
    private static MicroBatch Draw(int step, int rows, bool byToken)
    {
        var random = new Random(step);
        var real = ones(rows, Tokens);
        for (var row = 0; row < rows; row++)
            real[row, (1 + random.Next(Tokens))..] = 0;
        var labels = Tensors.Random(random, rows).gt(0).to(ScalarType.Float32);
        var sequences = Tensors.Random(random, rows, 2 * Tokens, Dimension);
        sequences[.., Tokens.., 0] = (2 * labels - 1).unsqueeze(1);
        return new MicroBatch(
            sequences, null, byToken ? labels.unsqueeze(1).expand(rows, Tokens).contiguous() : labels, real, Tensors.Random(random, rows).abs().add(0.1));
    }
}
