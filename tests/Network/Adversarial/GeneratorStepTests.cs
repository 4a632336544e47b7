using static MlNetNtd.Tests.AdversarialSamples;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The generator step passes gradients through the discriminator and leaves the discriminator unchanged.</summary>
[TestClass]
public sealed class GeneratorStepTests
{
    [TestMethod]
    public void Gradients_reach_the_candidates_and_not_the_discriminator_weights()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        var candidates = Candidates(3, seed: 2).requires_grad_();

        round.GeneratorLoss(AdversarialTrainer.WithCandidates(Sequences(3, seed: 1), candidates)).backward();

        Assert.IsGreaterThan(0, candidates.grad!.abs().min().item<float>());
        foreach (var (name, parameter) in network.named_parameters())
        {
            Assert.IsTrue(parameter.grad is null, name);
            Assert.IsTrue(parameter.requires_grad, name);
        }
    }

    [TestMethod]
    public void Dropout_is_off_and_the_network_mode_is_restored()
    {
        using var scope = NewDisposeScope();
        using var network = Network(dropout: 0.5);
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        var sequences = Sequences(3, seed: 1);
        foreach (var training in new[] { true, false })
        {
            network.train(training);
            Tensors.Close(round.Score(sequences), round.Score(sequences), 0, "twice");
            Assert.AreEqual(training, network.training);
        }
    }

    [TestMethod]
    public void Parameters_that_were_frozen_stay_frozen()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        var frozen = network.named_parameters().First().parameter;
        frozen.requires_grad = false;
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);

        round.Score(Sequences(3, seed: 1));

        Assert.IsFalse(frozen.requires_grad);
    }

    [TestMethod]
    public void Loss_is_the_mean_softplus_of_the_negative_logits_without_padding()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        var sequences = Sequences(2, seed: 1);
        var tokens = tensor(new float[] { 1, 1, 1, 1, 1, 1, 0, 0 }, [2, Tokens]);
        var losses = round.Score(sequences).neg().exp().add(1).log();

        Assert.AreEqual(losses.mean().item<float>(), round.GeneratorLoss(sequences).item<float>(), 1e-5f);
        Assert.AreEqual(losses.mul(tokens).sum().item<float>() / 6, round.GeneratorLoss(sequences, tokens).item<float>(), 1e-5f);
    }

    [TestMethod]
    public void Loss_belongs_to_the_scope_of_the_caller()
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        using var sequences = Sequences(2, seed: 1).DetachFromDisposeScope();
        Tensor loss;
        using (NewDisposeScope())
        {
            loss = round.GeneratorLoss(sequences);
            Assert.IsFalse(loss.IsInvalid);
        }

        Assert.IsTrue(loss.IsInvalid);
    }

    [TestMethod]
    public void WithCandidates_replaces_the_second_half()
    {
        using var scope = NewDisposeScope();
        var (sequences, candidates) = (Sequences(3, seed: 1), Candidates(3, seed: 2));

        var found = AdversarialTrainer.WithCandidates(sequences, candidates);

        Tensors.Close(sequences.narrow(1, 0, Tokens), found.narrow(1, 0, Tokens), 0, "context");
        Tensors.Close(candidates, found.narrow(1, Tokens, Tokens), 0, "candidates");
        Expect.Error<ArgumentException>(
            () => AdversarialTrainer.WithCandidates(sequences, Candidates(2, seed: 2)), "(2, 4, 6)", "(3, 8, 6)");
        Expect.Error<ArgumentException>(() => AdversarialTrainer.WithCandidates(sequences[0], candidates), "(3, 4, 6)", "(8, 6)");
    }

    /// <summary>A step down such a loss would make the generator's weights NaN for good. The loss before is still the balance's.</summary>
    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(1e30f)]
    public void Non_finite_loss_names_the_row(float value)
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        var sequences = Sequences(3, seed: 1);
        round.GeneratorLoss(sequences);
        var before = round.Diagnostics.GeneratorLoss;
        sequences[1, Tokens + 2, 0] = tensor(value);

        Expect.Error<InvalidOperationException>(() => round.GeneratorLoss(sequences), "sequences, row 1", "finite logits", "at token 2");

        Assert.AreEqual(before, round.Diagnostics.GeneratorLoss);
    }
}
