using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A step whose rows are divided among threads equals the step on one thread.</summary>
[TestClass]
public sealed class DataParallelStepTests
{
    private const int Dimension = 6;

    private static DiscriminatorConfig Shape => new()
    {
        EmbeddingDimension = Dimension,
        ModelDimension = 8,
        Heads = 2,
        MaxTokens = 9,
        Dropout = 0,
        LearnInitialEmbedding = true,
    };

    [TestMethod]
    public void Loss_logits_and_gradients_equal_those_of_the_whole_batch() => Property.Check(
        from rows in Gen.Choose(1, 7)
        from tokens in Gen.Choose(1, 9)
        from threads in Gen.Choose(2, 4)
        from byToken in Gen.Elements(false, true)
        from padded in Gen.Elements(false, true)
        from weighted in Gen.Elements(false, true)
        from masks in Gen.Choose(0, 2)
        from seed in Gen.Choose(0, 1000)
        select (rows, tokens, threads, byToken, padded, weighted, masks, seed),
        one =>
        {
            using var scope = NewDisposeScope();
            var batch = Draw(one.rows, one.tokens, one.byToken, one.padded, one.weighted, one.masks, one.seed);

            var expected = Run(threads: 1, batch, dropout: 0, one.seed);
            var found = Run(one.threads, batch, dropout: 0, one.seed);

            Assert.AreEqual(expected.Loss, found.Loss, 1e-5, "loss");
            Expect.Close(expected.Logits, found.Logits);
            Tensors.Close(expected.Gradients, found.Gradients, 1e-5, "gradients");
        });

    /// <summary>What dropout leaves out of a row is the row's own affair.</summary>
    [TestMethod]
    [DataRow(0.3, 0.0)]
    [DataRow(0.0, 0.3)]
    public void Dropout_does_not_depend_on_the_thread_count(double dropout, double attentionDropout)
    {
        using var scope = NewDisposeScope();
        var batch = Draw(rows: 7, tokens: 9, byToken: true, padded: false, weighted: false, masks: 0, seed: 1);

        var expected = Run(threads: 1, batch, dropout, seed: 1, attentionDropout);
        Assert.AreNotEqual(expected.Loss, Run(threads: 1, batch, dropout: 0, seed: 1).Loss, 1e-4);
        foreach (var threads in new[] { 2, 3, 7 })
        {
            var found = Run(threads, batch, dropout, seed: 1, attentionDropout);
            Assert.AreEqual(expected.Loss, found.Loss, 1e-5, $"{threads} threads");
            Tensors.Close(expected.Gradients, found.Gradients, 1e-5, $"{threads} threads");
        }
    }

    [TestMethod]
    public void Batches_of_different_sizes_can_follow_each_other()
    {
        using var scope = NewDisposeScope();
        using var whole = new DiscriminatorNetwork(Shape, seed: 1);
        using var divided = new DiscriminatorNetwork(Shape, seed: 1);
        using var one = new DiscriminatorLearner(whole) { Threads = 1 };
        using var four = new DiscriminatorLearner(divided) { Threads = 4 };
        foreach (var rows in new[] { 2, 8, 1, 4, 3 })
        {
            var batch = Draw(rows, tokens: 9, byToken: false, padded: false, weighted: false, masks: 0, seed: rows);
            Assert.AreEqual(
                one.Step(batch.Sequences, null, batch.Labels), four.Step(batch.Sequences, null, batch.Labels), 1e-4, $"{rows} rows");
        }
    }

    [TestMethod]
    public void Frozen_parameters_stay_and_unfrozen_parameters_move()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network) { Threads = 3 };
        var batch = Draw(rows: 6, tokens: 9, byToken: false, padded: false, weighted: false, masks: 0, seed: 1);
        var weight = network.get_parameter("head.weight")!;
        foreach (var frozen in new[] { false, true, false })
        {
            weight.requires_grad = !frozen;
            var before = network.ToStateDictionary()["head.weight"];

            learner.Step(batch.Sequences, null, batch.Labels);

            Assert.AreEqual(frozen, before.AsSpan().SequenceEqual(network.ToStateDictionary()["head.weight"]));
        }
    }

    [TestMethod]
    public void Non_finite_row_ends_the_step_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network) { Threads = 3 };
        var batch = Draw(rows: 6, tokens: 9, byToken: false, padded: false, weighted: false, masks: 0, seed: 1);
        var before = network.ToStateDictionary()["head.weight"];
        var broken = batch.Sequences.clone();
        broken[5, 1, 0] = float.NaN;

        Assert.AreEqual(double.NaN, learner.Step(broken, null, batch.Labels));

        Assert.AreEqual(0, learner.Steps);
        CollectionAssert.AreEqual(before, network.ToStateDictionary()["head.weight"]);
    }

    [TestMethod]
    public void Shape_error_names_the_shapes_of_the_whole_batch()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network) { Threads = 3 };
        var sequences = zeros(6, 18, Dimension);

        Expect.Error<ArgumentException>(() => learner.Step(sequences, null, zeros(5)), "(6) or (6, 9)", "(5)");
        Expect.Error<ArgumentException>(() => learner.Step(sequences, zeros(3, 18, 18), zeros(6)), "(18, 18) or (6, 18, 18)", "(3, 18, 18)");
        Assert.IsTrue(double.IsFinite(learner.Step(sequences, null, zeros(6))));
    }

    private static (double Loss, float[] Logits, Tensor Gradients) Run(
        int threads, MicroBatch batch, double dropout, int seed, double attentionDropout = 0)
    {
        using var network = new DiscriminatorNetwork(Shape with { Dropout = dropout, AttentionDropout = attentionDropout }, seed);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { MaxGradientNorm = null }) { Threads = threads };
        var loss = learner.Step(batch.Sequences, batch.Mask, batch.Labels, batch.RealTokens, batch.Weights, out var logits);
        return (loss, logits, network.Flatten().Gradients.clone());
    }

    private static MicroBatch Draw(int rows, int tokens, bool byToken, bool padded, bool weighted, int masks, int seed)
    {
        var random = new Random(seed);
        var real = ones(rows, tokens);
        for (var row = 0; padded && row < rows; row++)
            real[row, (1 + random.Next(tokens))..] = 0;
        return new MicroBatch(
            Tensors.Random(random, rows, 2 * tokens, Dimension),
            masks == 0 ? null : masks == 1 ? Tensors.RuleMask(tokens) : Tensors.RuleMask(tokens).expand(rows, -1, -1),
            Tensors.Random(random, byToken ? [rows, tokens] : [rows]).gt(0).to(ScalarType.Float32),
            padded ? real : null,
            weighted ? Tensors.Random(random, rows).abs() : null);
    }
}
