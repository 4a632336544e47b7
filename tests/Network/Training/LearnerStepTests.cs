using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A step is the same for rows given at once or in micro-batches, on one thread or on several.</summary>
[TestClass]
public sealed class LearnerStepTests
{
    private const int Dimension = 6;
    private const int MostTokens = 9;

    private static DiscriminatorConfig Shape => new() { EmbeddingDimension = Dimension, ModelDimension = 8, Heads = 2, MaxTokens = MostTokens, Dropout = 0.3 };

    [TestMethod]
    [DataRow(1, 9)]
    [DataRow(1, 5, 4)]
    [DataRow(1, 1, 7, 1)]
    [DataRow(3, 9)]
    [DataRow(3, 5, 4)]
    [DataRow(3, 1, 7, 1)]
    [DataRow(3, 8, 1)]
    public void Loss_and_gradients_equal_those_of_all_rows_at_once(int threads, params int[] pieces)
    {
        using var scope = NewDisposeScope();
        var batch = Draw(pieces.Sum(), seed: 3);

        var expected = Run(threads: 1, [batch]);
        var found = Run(threads, [.. pieces.Select((rows, i) => Take(batch, pieces[..i].Sum(), rows))]);

        Assert.AreEqual(expected.Loss, found.Loss, 1e-5);
        Tensors.Close(expected.Gradients, found.Gradients, 1e-5, "gradients");
        Expect.Close(expected.Logits[0], [.. found.Logits.SelectMany(logits => logits)]);
    }

    /// <summary>What a part that has no rows this time left behind is no part of the next step.</summary>
    [TestMethod]
    public void Smaller_batch_uses_fewer_threads()
    {
        using var scope = NewDisposeScope();
        using var whole = new DiscriminatorNetwork(Shape, seed: 1);
        using var divided = new DiscriminatorNetwork(Shape, seed: 1);
        using var one = new DiscriminatorLearner(whole) { Threads = 1 };
        using var four = new DiscriminatorLearner(divided) { Threads = 4 };
        foreach (var rows in new[] { 8, 2, 1, 8 })
        {
            var batch = Draw(rows, seed: rows);
            Assert.AreEqual(one.Step([batch], out _), four.Step([batch], out _), 1e-4, $"{rows} rows");
            Assert.AreEqual(one.GradientNorm, four.GradientNorm, 1e-4, $"{rows} rows");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Step_trains_with_dropout_whatever_mode_the_network_was_in(int threads)
    {
        using var scope = NewDisposeScope();
        var batch = Draw(rows: 6, seed: 3);
        var losses = new[] { true, false }.Select(training =>
        {
            using var network = new DiscriminatorNetwork(Shape, seed: 1);
            using var learner = new DiscriminatorLearner(network) { Threads = threads };
            network.train(training);
            var loss = learner.Step([batch], out _);
            Assert.IsTrue(network.training);
            return loss;
        }).ToArray();
        using var undisturbed = new DiscriminatorNetwork(Shape with { Dropout = 0 }, seed: 1);
        using var plain = new DiscriminatorLearner(undisturbed) { Threads = threads };

        Assert.AreEqual(losses[0], losses[1]);
        Assert.AreNotEqual(plain.Step([batch], out _), losses[0], 1e-3);
    }

    [TestMethod]
    public void Custom_loss_runs_in_training_mode()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network);
        network.eval();

        var seen = false;
        learner.Step(() =>
        {
            seen = network.training;
            return network.forward(zeros(1, 2, Dimension), null).sum();
        });

        Assert.IsTrue(seen);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Frozen_parameters_get_no_gradient(int threads)
    {
        using var scope = NewDisposeScope();
        var batch = Draw(rows: 6, seed: 3);
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 1e-12, WeightDecay = 0 }) { Threads = threads };
        foreach (var parameter in network.parameters())
            parameter.requires_grad = false;
        var bias = network.get_parameter("head.bias")!;
        bias.requires_grad = true;

        learner.Step([batch], out _);

        // One number alone has a gradient: that is the norm of all.
        Assert.AreEqual(Math.Abs(bias.grad!.item<float>()), learner.GradientNorm, 1e-6);
        Assert.IsGreaterThan(0, learner.GradientNorm);
    }

    /// <summary>Either of them is enough.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Non_finite_loss_or_gradient_ends_the_step(bool ofGradient)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network);
        var weight = network.get_parameter("head.weight")!;
        var before = network.ToStateDictionary()["head.weight"];
        Tensor Loss()
        {
            // 0, whose root is 0 and has no slope; or infinity, whose slope is 0.
            var nothing = weight.sum().mul(0);
            return ofGradient ? nothing.sqrt() : nothing.add(float.PositiveInfinity);
        }

        Assert.AreEqual(double.NaN, learner.Step(Loss));

        Assert.AreEqual(0, learner.Steps);
        CollectionAssert.AreEqual(before, network.ToStateDictionary()["head.weight"]);
    }

    [TestMethod]
    public void Example_weights_apply_to_tokens_where_labels_are_per_token()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]);

        var loss = DiscriminatorLoss.BinaryCrossEntropy(logits, zeros(2, 2), tokens: null, tensor(new float[] { 1, 3 })).item<float>();

        Assert.AreEqual((Softplus(1) + Softplus(2) + 3 * Softplus(3) + 3 * Softplus(4)) / 8, loss, 1e-6);
        static double Softplus(double value) => Math.Log(1 + Math.Exp(value));
    }

    [TestMethod]
    public void Labels_of_another_shape_are_refused()
    {
        using var scope = NewDisposeScope();
        foreach (var labels in new[] { zeros(3), zeros(2, 2), zeros(1), zeros(2, 3, 1) })
        {
            Expect.Error<ArgumentException>(
                () => DiscriminatorLoss.BinaryCrossEntropy(zeros(2, 3), labels), $"labels: expected (2) or (2, 3), found ({string.Join(", ", labels.shape)}).");
        }
    }

    private static (double Loss, float[][] Logits, Tensor Gradients) Run(int threads, MicroBatch[] pieces)
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { MaxGradientNorm = null }) { Threads = threads };
        var loss = learner.Step(pieces, out var logits);
        return (loss, logits, network.Flatten().Gradients.clone());
    }

    private static MicroBatch Draw(int rows, int seed)
    {
        var random = new Random(seed);
        return new MicroBatch(
            Tensors.Random(random, rows, 2 * MostTokens, Dimension), null, Tensors.Random(random, rows).gt(0).to(ScalarType.Float32), null, Tensors.Random(random, rows).abs());
    }

    private static MicroBatch Take(MicroBatch batch, int first, int rows) => new(
        batch.Sequences.narrow(0, first, rows), null, batch.Labels.narrow(0, first, rows), null, batch.Weights!.narrow(0, first, rows));
}
