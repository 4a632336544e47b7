using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The network alone, with tensors, as a GAN's loop uses it.</summary>
[TestClass]
public sealed class DiscriminatorNetworkTests
{
    private const int Tokens = 4;
    private const int Dimension = 6;

    private static DiscriminatorConfig Shape => new() { EmbeddingDimension = Dimension, MaxTokens = Tokens + 1, ModelDimension = Dimension, Dropout = 0 };

    [TestMethod]
    public void Network_scores_the_module_output()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(Dimension, Tokens);
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        var (sequences, mask) = module.call(Random(2, Tokens, Dimension), Random(2, Tokens, Dimension, seed: 2));

        var logits = network.call(sequences, mask);

        CollectionAssert.AreEqual(new long[] { 2, Tokens }, logits.shape);
        var additive = zeros(mask.shape).masked_fill(mask, float.NegativeInfinity);
        Same(logits, network.call(sequences, additive));
        Same(logits, network.call(sequences, cat([mask.unsqueeze(0), mask.unsqueeze(0)], 0)));
    }

    /// <summary>
    /// By bits: whatever stands in a blocked place, the logit is the same. A change in an allowed place changes it.
    /// </summary>
    [TestMethod]
    public void Logit_is_independent_of_blocked_positions()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        network.eval();
        using var module = new NextTokenDiscriminator(Dimension, Tokens);
        var mask = module.Mask(Tokens);
        var sequences = Random(1, 2 * Tokens, Dimension);
        var expected = Values(network.call(sequences, mask));
        for (var key = 0; key < 2 * Tokens; key++)
        {
            var changed = sequences.clone();
            changed.narrow(1, key, 1).add_(Random(1, 1, Dimension, seed: 3));
            var found = Values(network.call(changed, mask));
            for (var t = 0; t < Tokens; t++)
                Assert.AreEqual(NextTokenMask.IsBlocked(Tokens + t, key, Tokens), Same(expected[t], found[t]), $"Candidate {t}, position {key}");
        }
    }

    [TestMethod]
    public void Context_and_candidate_at_one_time_share_the_position_embedding()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape with { Layers = 1 }, seed: 1);
        network.eval();
        // Each candidate meets only the context position of its own time; all tokens are alike. Had the halves times of
        // their own, moving the times of the context half by one would go unnoticed.
        var mask = ones([2 * Tokens, 2 * Tokens], dtype: ScalarType.Bool);
        for (var t = 0; t < Tokens; t++)
        {
            mask[t, t] = tensor(false);
            mask[Tokens + t, t] = tensor(false);
        }

        var sequences = ones([1, 2 * Tokens, Dimension]);
        var position = network.named_parameters().Single(entry => entry.name == "position_embedding").parameter;
        var before = Values(network.call(sequences, mask));
        using (no_grad())
            position.narrow(0, 2, 1).add_(Random(1, 1, Dimension).squeeze(0));
        var after = Values(network.call(sequences, mask));

        for (var t = 0; t < Tokens; t++)
            Assert.AreEqual(t != 2, Same(before[t], after[t]), $"Candidate {t}");
        Assert.HasCount(1, network.named_parameters().Where(entry => entry.name.Contains("position")));
    }

    [TestMethod]
    public void Gradients_reach_the_input_sequences()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var module = new NextTokenDiscriminator(Dimension, Tokens);
        var predicted = Random(2, Tokens, Dimension, seed: 2).requires_grad_();
        var (sequences, mask) = module.call(Random(2, Tokens, Dimension), predicted);

        // A generator wants its tokens to be taken for true ones.
        DiscriminatorLoss.BinaryCrossEntropy(network.call(sequences, mask), ones([2, Tokens])).backward();

        var gradient = Values(predicted.grad!);
        Assert.IsTrue(Array.TrueForAll(gradient, float.IsFinite));
        Assert.IsGreaterThan(0f, gradient.Max(Math.Abs));
    }

    [TestMethod]
    public void Learner_lowers_the_loss()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var module = new NextTokenDiscriminator(Dimension, Tokens);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 1e-2 });
        var previous = Random(8, Tokens, Dimension);
        var (sequences, mask) = module.call(previous, cat([previous.narrow(0, 0, 4), previous.narrow(0, 4, 4).neg()], 0));
        var labels = cat([ones(4), zeros(4)], 0);

        var losses = Enumerable.Range(0, 30).Select(_ => learner.Step(sequences.detach(), mask, labels)).ToArray();

        Assert.AreEqual(30, learner.Steps);
        Assert.AreEqual(Math.Log(2), losses[0], 0.3);
        Assert.IsLessThan(0.2, losses[^1]);
    }

    [TestMethod]
    public void Non_finite_step_leaves_the_weights()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network);
        var before = network.ToStateDictionary();
        var mask = zeros(2 * Tokens, 2 * Tokens);

        var loss = learner.Step(full([1, 2 * Tokens, Dimension], float.NaN), mask, ones(1));

        Assert.IsTrue(double.IsNaN(loss));
        Assert.AreEqual(0, learner.Steps);
        CollectionAssert.AreEqual(before["head.weight"], network.ToStateDictionary()["head.weight"]);
    }

    [TestMethod]
    public void Dropout_with_the_same_seed_is_the_same()
    {
        using var scope = NewDisposeScope();
        float[] Run(int seed)
        {
            using var network = new DiscriminatorNetwork(Shape with { Dropout = 0.5 }, seed);
            StateDictionary.Initialize(network.Config, seed: 1).CopyTo(network);
            network.train();
            return Values(network.call(Random(1, 2 * Tokens, Dimension), zeros(2 * Tokens, 2 * Tokens)));
        }

        // To the last bits: what they are is a matter of how memory is aligned.
        Expect.Close(Run(3), Run(3));
        CollectionAssert.AreNotEqual(Run(3), Run(4));
    }

    [TestMethod]
    public void Forward_passes_are_counted_in_training_mode()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape);
        var sequences = zeros(1, 2 * Tokens, Dimension);

        network.forward(sequences, null);
        network.forward(sequences, null);
        Assert.AreEqual(2, network.Passes);

        network.eval();
        network.forward(sequences, null);
        Assert.AreEqual(2, network.Passes);
        Assert.AreEqual(2, network.NextPass());
        Assert.AreEqual(3, network.NextPass());
    }

    [TestMethod]
    public void Initial_embedding_is_read_at_its_current_value()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var without = new DiscriminatorNetwork(Shape);
        using var network = new DiscriminatorNetwork(Shape with { LearnInitialEmbedding = true });
        network.get_parameter("init_emb")!.copy_(arange(Dimension));

        Assert.IsNull(without.GetInitialEmbedding());
        CollectionAssert.AreEqual(new float[] { 0, 1, 2, 3, 4, 5 }, network.GetInitialEmbedding());
    }

    [TestMethod]
    public void Wrong_shape_is_named_in_the_error()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape);
        var mask = zeros(2 * Tokens, 2 * Tokens);

        Expect.Error<ArgumentException>(() => network.forward(zeros(1, 2 * Tokens, 5), mask), "(B, 2T, 6)", "(1, 8, 5)");
        Expect.Error<ArgumentException>(() => network.forward(zeros(1, 7, Dimension), mask), "(B, 2T, 6)", "(1, 7, 6)");
        Expect.Error<ArgumentException>(() => network.forward(zeros(0, 2 * Tokens, Dimension), mask), "(B, 2T, 6)", "(0, 8, 6)");
        Expect.Error<ArgumentException>(() => network.forward(zeros(1, 0, Dimension), null), "(B, 2T, 6)", "(1, 0, 6)");
        Expect.Error<ArgumentException>(() => network.forward(zeros(2 * Tokens, Dimension), mask), "(B, 2T, 6)", "(8, 6)");
        Expect.Error<ArgumentException>(() => network.forward(zeros(1, 2 * Tokens, Dimension, 1), mask), "(B, 2T, 6)", "(1, 8, 6, 1)");
        Expect.Error<ArgumentException>(() => network.forward(zeros(1, 12, Dimension), zeros(12, 12)), "at most 5 tokens", "found 6");
        Expect.Error<ArgumentException>(() => network.forward(zeros(1, 2 * Tokens, Dimension), zeros(4, 4)), "(8, 8) or (1, 8, 8)", "(4, 4)");
    }

    [TestMethod]
    [DataRow(6, null, 3)]
    [DataRow(7, null, 1)]
    [DataRow(8, null, 4)]
    [DataRow(64, null, 4)]
    [DataRow(6, 2, 2)]
    public void Heads_divide_the_model_dimension(int dimension, int? heads, int expected)
    {
        using var network = new DiscriminatorNetwork(Shape with { ModelDimension = dimension, Heads = heads });

        Assert.AreEqual(expected, network.Config.Heads);
        Assert.AreEqual(4 * dimension, network.Config.FeedForwardDimension);
    }

    [TestMethod]
    public void Network_moves_to_a_device_as_a_whole()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape with { LearnInitialEmbedding = true }, seed: 1);
        network.to(ScalarType.Float64);

        var logits = network.call(Random(1, 2 * Tokens, Dimension).to(ScalarType.Float64), zeros(2 * Tokens, 2 * Tokens, dtype: ScalarType.Float64));

        Assert.AreEqual(ScalarType.Float64, logits.dtype);
    }

    private static Tensor Random(int rows, int length, int dimension, int seed = 1)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, rows * length * dimension).Select(_ => 2 * random.NextSingle() - 1).ToArray();
        return tensor(values, [rows, length, dimension]);
    }

    // Equal but for rounding: a product's last bits depend on where in memory its factors lie.
    private static bool Same(float one, float other) => Math.Abs(one - other) < 1e-6f;

    private static float[] Values(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static void Same(Tensor expected, Tensor found) => CollectionAssert.AreEqual(Values(expected), Values(found));
}
