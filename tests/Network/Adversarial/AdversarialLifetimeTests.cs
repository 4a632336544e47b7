using static MlNetNtd.Tests.AdversarialSamples;
using static TorchSharp.torch;
using Live = MlNetNtd.Tests.Tensors;

namespace MlNetNtd.Tests;

/// <summary>
/// The tensors of adversarial training are freed with their owners. Live tensors are counted, so no other test runs at the same time.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class AdversarialLifetimeTests
{
    [TestMethod]
    public void Replay_buffer_holds_one_tensor()
    {
        SequenceReplayBuffer? replay = null;
        var made = Live.LeftBy(() =>
        {
            using var scope = NewDisposeScope();
            replay = new SequenceReplayBuffer(4);
            for (var i = 0; i < 3; i++)
                replay.Mix(Sequences(3, i), fraction: 1);
        });

        Assert.AreEqual(1, made);
        Assert.AreEqual(-1, Live.LeftBy(() => replay!.Dispose()));
        new SequenceReplayBuffer(4).Dispose();
    }

    [TestMethod]
    public void Moving_average_holds_one_tensor_per_parameter_and_two_while_swapped()
    {
        using var network = Network();
        var count = network.parameters().Count();
        ExponentialMovingAverage? average = null;
        IDisposable? use = null;

        Assert.AreEqual(count, Live.LeftBy(() => { average = new ExponentialMovingAverage(network); average.Update(); }));
        Assert.AreEqual(count, Live.LeftBy(() => use = average!.Swap()));
        Assert.AreEqual(-count, Live.LeftBy(() => use!.Dispose()));
        Assert.AreEqual(0, Live.LeftBy(() => average!.CopyTo(network)));
        Assert.AreEqual(-count, Live.LeftBy(() => average!.Dispose()));
    }

    [TestMethod]
    public void Step_leaves_no_tensor_and_score_leaves_its_logits()
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, new AdversarialOptions { GradientPenalty = 1, InstanceNoise = 0.1, PenalizeGenerated = true });
        using var outer = NewDisposeScope();
        var (truths, falsehoods, tokens, candidates) = (Sequences(3, seed: 1), Sequences(3, seed: 2), ones(3, Tokens), Candidates(3, seed: 3));
        // Gradients are made at the first step.
        round.StepDiscriminator(truths, falsehoods);

        Assert.AreEqual(0, Live.LeftBy(() => round.StepDiscriminator(truths, falsehoods, tokens)));
        Assert.AreEqual(1, Live.LeftBy(() => round.Score(truths)));
        Assert.AreEqual(1, Live.LeftBy(() => round.GeneratorLoss(truths)));
        Assert.AreEqual(1, Live.LeftBy(() => AdversarialTrainer.WithCandidates(truths, candidates)));
    }
}
