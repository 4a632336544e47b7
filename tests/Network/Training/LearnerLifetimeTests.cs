using static TorchSharp.torch;
using Live = MlNetNtd.Tests.Tensors;

namespace MlNetNtd.Tests;

/// <summary>The tensors of a learner are freed with it. Live tensors are counted, so no other test runs at the same time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LearnerLifetimeTests
{
    private static DiscriminatorConfig Shape => new() { EmbeddingDimension = 6, ModelDimension = 8, Heads = 2, MaxTokens = 9 };

    [TestMethod]
    public void Learner_holds_three_tensors_of_the_size_of_all_weights()
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        network.Flatten();
        DiscriminatorLearner? learner = null;

        Assert.AreEqual(3, Live.LeftBy(() => learner = new DiscriminatorLearner(network) { Threads = 1 }));
        Assert.AreEqual(0, Live.LeftBy(() => Step(learner!, rows: 6)));
        Assert.AreEqual(-3, Live.LeftBy(() => learner!.Dispose()));
    }

    /// <summary>Each further thread has a network of its own, made once, whose weights are the first one's.</summary>
    [TestMethod]
    public void Replicas_of_its_threads_are_freed_with_the_learner()
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network) { Threads = 3 };
        var count = network.parameters().Count();

        var lost = count * Live.LeftByOneParameter();

        var made = Live.LeftBy(() => Step(learner, rows: 6));
        Assert.AreEqual(0, Live.LeftBy(() => Step(learner, rows: 6)));
        Assert.AreEqual(0, Live.LeftBy(() => Step(learner, rows: 1)));
        var freed = Live.LeftBy(learner.Dispose);

        // Parameters, a gradient of each, all of both; beside the optimizer's three.
        Assert.AreEqual(2 * (2 * count + 2 + lost), made);
        Assert.AreEqual(-3 - 2 * (2 * count + 2), freed);
    }

    /// <summary>The scope may be that of a whole training.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Step_leaves_no_tensor_in_the_scope_of_the_caller(int threads)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var learner = new DiscriminatorLearner(network) { Threads = threads };
        var (sequences, labels) = (zeros(6, 18, 6), zeros(6));
        learner.Step(sequences, null, labels);

        Assert.AreEqual(0, Live.LeftBy(() => learner.Step(sequences, null, labels)));
        Assert.AreEqual(0, Live.LeftBy(() => learner.Step(() => network.forward(sequences, null).sum())));
    }

    private static void Step(DiscriminatorLearner learner, int rows)
    {
        using var scope = NewDisposeScope();
        learner.Step(zeros(rows, 18, 6), null, zeros(rows));
    }
}
