using static MlNetNtd.Tests.AdversarialSamples;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The discriminator step of adversarial training.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DiscriminatorStepTests
{
    [TestMethod]
    public void Default_step_equals_a_learner_step_on_real_and_generated_rows()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var plain = Network();
        using var learner = new DiscriminatorLearner(network);
        using var plainLearner = new DiscriminatorLearner(plain);
        using var round = new AdversarialTrainer(network, learner);
        var (truths, falsehoods) = (Sequences(3, seed: 1), Sequences(2, seed: 2));
        var labels = cat([ones(3, Tokens), zeros(2, Tokens)], 0);
        for (var i = 0; i < 3; i++)
            Assert.AreEqual(plainLearner.Step(cat([truths, falsehoods], 0), null, labels), round.StepDiscriminator(truths, falsehoods));

        Expect.SameWeights(Weights(plain), Weights(network));
    }

    [TestMethod]
    public void No_gradient_flows_back_to_the_generator()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, new AdversarialOptions { GradientPenalty = 1, PenalizeGenerated = true, InstanceNoise = 0.1 });
        var candidates = Candidates(3, seed: 2).requires_grad_();

        round.StepDiscriminator(Sequences(3, seed: 1), AdversarialTrainer.WithCandidates(Sequences(3, seed: 1), candidates));

        Assert.IsTrue(candidates.grad is null);
    }

    [TestMethod]
    public void Padding_has_no_effect_with_all_options_on()
    {
        using var scope = NewDisposeScope();
        var options = new AdversarialOptions { LabelSmoothing = 0.1, InstanceNoise = 0.1, GradientPenalty = 1, PenalizeGenerated = true };
        var tokens = tensor(new float[] { 1, 1, 1, 1, 1, 1, 0, 0 }, [2, Tokens]);
        var weights = new List<Dictionary<string, float[]>>();
        foreach (var garbage in new[] { 0f, 100f })
        {
            using var network = Network();
            using var learner = new DiscriminatorLearner(network);
            using var round = new AdversarialTrainer(network, learner, options, seed: 1);
            round.StepDiscriminator(Padded(1, garbage), Padded(2, garbage), tokens);
            weights.Add(Weights(network));
        }

        foreach (var (name, values) in weights[0])
            Expect.Close(values, weights[1][name]);

        static Tensor Padded(int seed, float garbage)
        {
            var sequences = Sequences(2, seed);
            foreach (var half in new[] { 0, Tokens })
                sequences[1].narrow(0, half + 2, 2).fill_(garbage);
            return sequences;
        }
    }

    /// <summary>Whoever says it of one side alone says it of as many rows, or else says that nothing of the others is padded.</summary>
    [TestMethod]
    [DataRow(2, true, false)]
    [DataRow(2, false, true)]
    [DataRow(2, true, true)]
    [DataRow(3, true, false)]
    [DataRow(3, false, true)]
    public void Real_and_generated_rows_have_their_own_padding(int falseRows, bool saysTrue, bool saysFalse)
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        var (truths, falsehoods) = (Sequences(2, seed: 1), Sequences(falseRows, seed: 2));
        var trueTokens = tensor(new float[] { 1, 1, 1, 1, 1, 1, 0, 0 }, [2, Tokens]);
        var falseTokens = ones(falseRows, Tokens);
        falseTokens[0, 3] = 0;
        var ofTruths = saysTrue ? trueTokens : ones(2, Tokens);
        var ofFalsehoods = saysFalse ? falseTokens : saysTrue && falseRows == 2 ? trueTokens : ones(falseRows, Tokens);
        var logits = round.Score(cat([truths, falsehoods], 0));
        var expected = DiscriminatorLoss.BinaryCrossEntropy(
            logits, cat([ones(2, Tokens), zeros(falseRows, Tokens)], 0), cat([ofTruths, ofFalsehoods], 0)).item<float>();

        Assert.AreEqual(expected, round.StepDiscriminator(truths, falsehoods, saysTrue ? trueTokens : null, saysFalse ? falseTokens : null), 1e-6);
    }

    [TestMethod]
    public void Label_smoothing_lowers_only_the_labels_of_real_rows()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, new AdversarialOptions { LabelSmoothing = 0.1 });
        var (truths, falsehoods) = (Sequences(3, seed: 1), Sequences(3, seed: 2));
        var logits = round.Score(cat([truths, falsehoods], 0));
        var expected = DiscriminatorLoss.BinaryCrossEntropy(logits, cat([full(3, Tokens, 0.9f), zeros(3, Tokens)], 0)).item<float>();

        Assert.AreEqual(expected, round.StepDiscriminator(truths, falsehoods), 1e-6);
    }

    /// <summary>The differences are felt in random directions: over 4,000 tokens their mean is within a few hundredths.</summary>
    [TestMethod]
    public void Penalty_is_the_squared_gradient_of_each_logit_by_its_candidate()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(
            network, learner, new AdversarialOptions { GradientPenalty = 1, GradientPenaltyStep = 0.01 }, seed: 1);
        var truths = Sequences(1000, seed: 1);
        var input = truths.detach().clone().requires_grad_();
        network.forward(input, null).sum().backward();
        // No logit depends on another token's candidate, so the gradient of the sum is each token's own.
        var expected = input.grad!.narrow(1, Tokens, Tokens).square().sum().item<float>() / (1000 * Tokens);

        round.StepDiscriminator(truths, Sequences(1, seed: 2));

        Assert.AreEqual(expected, round.Diagnostics.Penalty, 0.1 * expected);
    }

    [TestMethod]
    public void Penalty_lowers_the_gradients_of_the_discriminator()
    {
        Assert.IsLessThan(0.5 * Slope(0), Slope(10));

        static double Slope(double penalty)
        {
            using var scope = NewDisposeScope();
            using var network = Network();
            using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 0.01 });
            // The smallest of weights still measures the slope.
            using var round = new AdversarialTrainer(network, learner, new AdversarialOptions { GradientPenalty = Math.Max(penalty, 1e-9) }, seed: 1);
            // A norm takes away what all dimensions have in common.
            var shift = tensor(new float[] { 1, -1, 1, -1, 1, -1 }).mul(0.3);
            for (var i = 0; i < 60; i++)
                round.StepDiscriminator(Sequences(16, i).add(shift), Sequences(16, 1000 + i).sub(shift));
            return round.Diagnostics.Penalty;
        }
    }

    [TestMethod]
    public void Noise_is_added_only_to_candidates_and_falls_to_zero()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        // A rate of nothing: what changes is the noise.
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 1e-12, WeightDecay = 0 });
        using var round = new AdversarialTrainer(network, learner, new AdversarialOptions { InstanceNoise = 0.5, InstanceNoiseSteps = 2 }, seed: 1);
        var sequences = Sequences(3, seed: 1);
        network.eval();
        var clean = network.forward(sequences, null);

        double[] distances = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            var distance = round.Score(sequences).sub(clean).abs().mean().item<float>();
            round.StepDiscriminator(sequences, sequences);
            return (double)distance;
        })];

        Assert.IsGreaterThan(distances[1], distances[0]);
        Assert.IsGreaterThan(1e-4, distances[1]);
        Assert.AreEqual(0, distances[2], 1e-5);
    }

    [TestMethod]
    public void Seed_decides_the_noise_and_the_global_generator_is_unchanged()
    {
        manual_seed(11);
        var expected = rand(4).data<float>().ToArray();
        manual_seed(11);
        var (first, second, other) = (Train(1), Train(1), Train(2));

        CollectionAssert.AreEqual(expected, rand(4).data<float>().ToArray());
        Expect.SameWeights(first, second);
        CollectionAssert.AreNotEqual(first["head.weight"], other["head.weight"]);

        static Dictionary<string, float[]> Train(int seed)
        {
            using var scope = NewDisposeScope();
            using var network = Network();
            using var learner = new DiscriminatorLearner(network);
            using var round = new AdversarialTrainer(network, learner, new AdversarialOptions { InstanceNoise = 0.1, GradientPenalty = 1 }, seed);
            // The first step of Adam moves each weight by the learning rate, whatever the size of its gradient.
            for (var step = 0; step < 3; step++)
                round.StepDiscriminator(Sequences(3, seed: 1), Sequences(3, seed: 2));
            return Weights(network);
        }
    }

    [TestMethod]
    public void Non_finite_loss_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        var before = Weights(network);

        Assert.IsTrue(double.IsNaN(round.StepDiscriminator(Sequences(2, seed: 1).mul(float.NaN), Sequences(2, seed: 2))));

        Expect.SameWeights(before, Weights(network));
        Assert.AreEqual(0, round.Diagnostics.Steps);
        Assert.AreEqual(1, round.Diagnostics.NonFiniteSteps);
        Assert.AreEqual(AdversarialWarning.NonFinite, round.Diagnostics.Warning);
    }

    [TestMethod]
    public void Invalid_arguments_are_refused()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        foreach (var (options, name) in new (AdversarialOptions, string)[]
        {
            (new() { LabelSmoothing = 0.5 }, "LabelSmoothing"), (new() { InstanceNoise = -1 }, "InstanceNoise"),
            (new() { InstanceNoiseSteps = 0 }, "InstanceNoiseSteps"), (new() { GradientPenalty = double.NaN }, "GradientPenalty"),
            (new() { GradientPenaltyStep = 0 }, "GradientPenaltyStep"),
        })
        {
            Expect.Error<ArgumentException>(() => new AdversarialTrainer(network, learner, options).Dispose(), name);
        }

        using var round = new AdversarialTrainer(network, learner);
        Expect.Error<ArgumentException>(
            () => round.StepDiscriminator(Sequences(2, seed: 1), Sequences(2, seed: 2).narrow(1, 0, 6)), "(2, 8, 6)", "(2, 6, 6)");
        Expect.Error<ArgumentException>(
            () => round.StepDiscriminator(Sequences(2, seed: 1)[0], Sequences(2, seed: 2)[0]), "expected (B, 2T, C)", "(8, 6)");
    }
}
