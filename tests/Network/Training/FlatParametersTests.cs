using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The learner sees all weights as one tensor; the network's parameters keep their names, shapes and values.</summary>
[TestClass]
public sealed class FlatParametersTests
{
    private const int Tokens = 5;

    private static DiscriminatorConfig Shape => new() { EmbeddingDimension = 6, ModelDimension = 8, MaxTokens = Tokens, Dropout = 0, LearnInitialEmbedding = true };

    [TestMethod]
    [DataRow(1.0)]
    [DataRow(0.01)]
    [DataRow(null)]
    public void Steps_equal_those_of_TorchSharp_AdamW_and_clipping(double? limit)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var other = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(
            network, new DiscriminatorLearnerOptions { LearningRate = 0.01, WeightDecay = 0.1, MaxGradientNorm = limit, WarmupSteps = 3 });
        using var optimizer = optim.AdamW(other.parameters(), weight_decay: 0.1);
        var random = new Random(1);
        for (var step = 0; step < 10; step++)
        {
            var (sequences, labels) = (Tensors.Random(random, 3, 2 * Tokens, 6), Tensors.Random(random, 3).gt(0).to(ScalarType.Float32));

            optimizer.zero_grad();
            DiscriminatorLoss.BinaryCrossEntropy(other.forward(sequences, null), labels).backward();
            if (limit is { } norm)
                nn.utils.clip_grad_norm_(other.parameters(), norm);
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = learner.LearningRate;
            optimizer.step();
            learner.Step(sequences, null, labels);

            var expected = other.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
            // The bias of keys moves all scores of a query alike: its gradient is rounding, which Adam makes a step of.
            foreach (var (name, parameter) in network.named_parameters().Where(entry => !entry.name.EndsWith("in_proj_bias", StringComparison.Ordinal)))
                Tensors.Close(expected[name].detach(), parameter.detach(), 1e-5, $"Step {step}, {name}");
        }
    }

    [TestMethod]
    public void Flattening_keeps_names_shapes_and_values()
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        var before = network.state_dict().ToDictionary(entry => entry.Key, entry => (Sizes: string.Join('x', entry.Value.shape), Values: entry.Value.data<float>().ToArray()));

        network.Flatten();

        var after = network.state_dict();
        CollectionAssert.AreEqual(before.Keys, after.Keys.ToArray());
        foreach (var (name, (sizes, values)) in before)
        {
            Assert.AreEqual(sizes, string.Join('x', after[name].shape), name);
            CollectionAssert.AreEqual(values, after[name].data<float>().ToArray(), name);
        }
    }

    [TestMethod]
    public void Loaded_weights_are_the_trained_weights() => TemporaryFile.Use(path =>
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var saved = new DiscriminatorNetwork(Shape, seed: 2);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 1e-6 });
        saved.SaveWeights(path);

        network.LoadWeights(path);
        Step(learner);

        foreach (var (name, parameter) in saved.named_parameters())
            Tensors.Close(parameter, network.get_parameter(name)!, 1e-5, name);
    });

    [TestMethod]
    public void Moved_network_is_flattened_again()
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var first = new DiscriminatorLearner(network);
        Step(first);
        network.to(ScalarType.Float64);
        network.to(ScalarType.Float32);
        var before = network.ToStateDictionary();

        using var second = new DiscriminatorLearner(network);
        Step(second);

        CollectionAssert.AreNotEqual(before["head.weight"], network.ToStateDictionary()["head.weight"]);
    }

    [TestMethod]
    public void Two_learners_can_train_one_network()
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var first = new DiscriminatorLearner(network);
        using var second = new DiscriminatorLearner(network);
        foreach (var learner in new[] { first, second, first })
        {
            var before = network.ToStateDictionary();
            Step(learner);
            CollectionAssert.AreNotEqual(before["head.weight"], network.ToStateDictionary()["head.weight"]);
        }
    }

    /// <summary>Such as a loop of one's own does before it trains a generator through the network.</summary>
    [TestMethod]
    public void Cleared_gradients_do_not_stop_the_learner()
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { WeightDecay = 0 });
        Step(learner);
        network.zero_grad(set_to_none: true);
        var before = network.ToStateDictionary();

        Step(learner);

        CollectionAssert.AreNotEqual(before["head.weight"], network.ToStateDictionary()["head.weight"]);
    }

    [TestMethod]
    public void Frozen_parameters_do_not_change()
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { WeightDecay = 0.5 });
        Step(learner);
        network.get_parameter("head.weight")!.requires_grad = false;
        var before = network.ToStateDictionary();

        Step(learner);

        var after = network.ToStateDictionary();
        CollectionAssert.AreEqual(before["head.weight"], after["head.weight"]);
        CollectionAssert.AreNotEqual(before["head.bias"], after["head.bias"]);
    }

    [TestMethod]
    public void Steps_are_the_same_whenever_the_collector_runs()
    {
        var expected = Losses();
        using (new GcPressure())
        {
            // To the last bits: what they are is a matter of how memory is aligned. Garbage is far from it.
            foreach (var (before, now) in expected.Zip(Losses()))
                Assert.AreEqual(before, now, 1e-3);
        }

        static double[] Losses()
        {
            using var scope = NewDisposeScope();
            using var network = new DiscriminatorNetwork(Shape with { Dropout = 0.1, AttentionDropout = 0.1 }, seed: 1);
            using var learner = new DiscriminatorLearner(network);
            var sequences = Tensors.Random(new Random(1), 3, 2 * Tokens, 6);
            var labels = ones(3);
            return [.. Enumerable.Range(0, 150).Select(_ => learner.Step(sequences, null, labels))];
        }
    }

    private static void Step(DiscriminatorLearner learner)
    {
        using var scope = NewDisposeScope();
        Assert.IsTrue(double.IsFinite(learner.Step(Tensors.Random(new Random(1), 3, 2 * Tokens, 6), null, ones(3))));
    }
}
