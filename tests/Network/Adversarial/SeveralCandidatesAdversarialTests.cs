using static MlNetNtd.Tests.AdversarialSamples;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Adversarial training with several draws of the generator for each token.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SeveralCandidatesAdversarialTests
{
    private const int K = 3;

    private static readonly AdversarialOptions Several = new() { CandidatesPerToken = K };

    [TestMethod]
    public void WithCandidates_puts_the_draws_of_each_token_side_by_side_after_the_context()
    {
        using var scope = NewDisposeScope();
        var (sequences, draws) = (Sequences(2, seed: 1), Draws(2, seed: 2));

        var found = AdversarialTrainer.WithCandidates(sequences, draws);

        CollectionAssert.AreEqual(new long[] { 2, Tokens * (1 + K), Dimension }, found.shape);
        Tensors.Close(sequences.narrow(1, 0, Tokens), found.narrow(1, 0, Tokens), 0, "context");
        for (var (t, i) = (0, 0); t < Tokens; t++)
        {
            for (var k = 0; k < K; k++)
                Tensors.Close(draws.select(1, t).select(1, k), found.select(1, Tokens + i++), 0, $"token {t}, draw {k}");
        }

        Tensors.Close(found, AdversarialTrainer.WithCandidates(found, draws), 0, "sequences that have K candidates already");
    }

    [TestMethod]
    public void Score_of_each_draw_is_the_one_that_it_has_alone()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var several = new AdversarialTrainer(network, learner, Several);
        using var one = new AdversarialTrainer(network, learner);
        var (sequences, draws) = (Sequences(2, seed: 1), Draws(2, seed: 2));

        var scores = several.Score(AdversarialTrainer.WithCandidates(sequences, draws));

        CollectionAssert.AreEqual(new long[] { 2, Tokens, K }, scores.shape);
        for (var k = 0; k < K; k++)
            Tensors.Close(one.Score(AdversarialTrainer.WithCandidates(sequences, draws.select(2, k))), scores.select(2, k), 1e-5, $"draw {k}");
    }

    [TestMethod]
    public void Generator_loss_is_the_mean_over_the_draws_of_real_tokens_and_its_gradient_reaches_each_draw()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, Several);
        var draws = Draws(2, seed: 2).requires_grad_();
        var sequences = AdversarialTrainer.WithCandidates(Sequences(2, seed: 1), draws);
        var tokens = tensor(new float[] { 1, 1, 1, 1, 1, 1, 0, 0 }, [2, Tokens]);
        var losses = round.Score(sequences).neg().exp().add(1).log();

        var loss = round.GeneratorLoss(sequences, tokens);
        loss.backward();

        Assert.AreEqual(losses.mul(tokens.unsqueeze(2)).sum().item<float>() / (6 * K), loss.item<float>(), 1e-5f);
        Assert.AreEqual(losses.mean().item<float>(), round.GeneratorLoss(sequences).item<float>(), 1e-5f);
        var sizes = draws.grad!.abs().sum(3);
        CollectionAssert.AreEqual(new long[] { 2, Tokens, K }, sizes.shape);
        Assert.IsGreaterThan(0, sizes[0].min().item<float>());
        Assert.AreEqual(0, sizes[1].narrow(0, 2, 2).max().item<float>());
    }

    [TestMethod]
    public void Step_on_K_real_and_K_generated_candidates_equals_a_learner_step()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var plain = Network();
        using var learner = new DiscriminatorLearner(network);
        using var plainLearner = new DiscriminatorLearner(plain, new DiscriminatorLearnerOptions { CandidatesPerToken = K });
        using var round = new AdversarialTrainer(network, learner, Several);
        var (real, generated) = (WithDraws(3, seed: 1), WithDraws(2, seed: 2));
        var labels = cat([ones(3, Tokens * K), zeros(2, Tokens * K)], 0);
        for (var i = 0; i < 3; i++)
            Assert.AreEqual(plainLearner.Step(cat([real, generated], 0), null, labels), round.StepDiscriminator(real, generated));

        Expect.SameWeights(Weights(plain), Weights(network));
    }

    /// <summary>So the number of draws does not shift the scores of an undecided discriminator from 0.</summary>
    [TestMethod]
    public void Draws_of_a_token_together_weigh_as_much_as_its_real_candidate()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, Several with { LabelSmoothing = 0.1 });
        using var one = new AdversarialTrainer(network, learner);
        var (real, generated) = (Sequences(2, seed: 1), WithDraws(2, seed: 2));
        var ofReal = DiscriminatorLoss.BinaryCrossEntropy(one.Score(real), full(2, Tokens, 0.9f)).item<float>();
        var logits = round.Score(generated).flatten(1);
        var ofGenerated = DiscriminatorLoss.BinaryCrossEntropy(logits, zeros_like(logits)).item<float>();

        Assert.AreEqual((ofReal + ofGenerated) / 2, round.StepDiscriminator(real, generated), 1e-6);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Equal_draws_train_as_one_draw_does(bool padded)
    {
        using var scope = NewDisposeScope();
        var tokens = padded ? tensor(new float[] { 1, 1, 1, 1, 1, 1, 0, 0 }, [2, Tokens]) : null;
        var (one, several) = (Train(new AdversarialOptions(), 1), Train(Several, K));

        Assert.AreEqual(one.Loss, several.Loss, 1e-6);
        Tensors.Close(one.Scores, several.Scores, 1e-4, "scores after two steps");

        (double Loss, Tensor Scores) Train(AdversarialOptions options, int draws)
        {
            using var network = Network();
            using var learner = new DiscriminatorLearner(network);
            using var round = new AdversarialTrainer(network, learner, options);
            var real = Sequences(2, seed: 1);
            var candidates = Candidates(2, seed: 2).unsqueeze(2).expand(2, Tokens, draws, Dimension);
            var generated = AdversarialTrainer.WithCandidates(real, draws == 1 ? candidates.squeeze(2) : candidates);
            round.StepDiscriminator(real, generated, tokens);
            var loss = round.StepDiscriminator(real, generated, tokens);
            network.eval();
            return (loss, network.forward(real, null));
        }
    }

    [TestMethod]
    public void Padding_has_no_effect_with_all_options_on()
    {
        using var scope = NewDisposeScope();
        var options = Several with { LabelSmoothing = 0.1, InstanceNoise = 0.1, GradientPenalty = 1, PenalizeGenerated = true };
        var tokens = tensor(new float[] { 1, 1, 1, 1, 1, 1, 0, 0 }, [2, Tokens]);
        var weights = new List<Dictionary<string, float[]>>();
        foreach (var garbage in new[] { 0f, 100f })
        {
            using var network = Network();
            using var learner = new DiscriminatorLearner(network);
            using var round = new AdversarialTrainer(network, learner, options, seed: 1);
            var (real, generated) = (Sequences(2, seed: 1), WithDraws(2, seed: 2));
            real[1].narrow(0, Tokens + 2, 2).fill_(garbage);
            generated[1].narrow(0, Tokens + 2 * K, 2 * K).fill_(garbage);
            round.StepDiscriminator(real, generated, tokens);
            weights.Add(Weights(network));
        }

        foreach (var (name, values) in weights[0])
            Expect.Close(values, weights[1][name]);
    }

    /// <summary>The differences are felt in random directions: over 4,000 tokens their mean is within a few hundredths.</summary>
    [TestMethod]
    public void Penalty_is_the_squared_gradient_of_each_logit_by_its_draw()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(
            network, learner, Several with { GradientPenalty = 1, GradientPenaltyStep = 0.01, PenalizeGenerated = true }, seed: 1);
        var (real, generated) = (Sequences(1000, seed: 1), WithDraws(1000, seed: 2));
        var expected = (SquaredGradient(real, 1) + SquaredGradient(generated, K)) / 2;

        round.StepDiscriminator(real, generated);

        Assert.AreEqual(expected, round.Diagnostics.Penalty, 0.1 * expected);

        double SquaredGradient(Tensor sequences, int candidates)
        {
            var input = sequences.detach().clone().requires_grad_();
            network.forward(input, null, candidates).sum().backward();
            return input.grad!.narrow(1, Tokens, Tokens * candidates).square().sum().item<float>() / (1000 * Tokens * candidates);
        }
    }

    [TestMethod]
    public void Diagnostics_count_each_draw()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, Several);
        var (real, generated) = (Sequences(2, seed: 1), WithDraws(2, seed: 2));
        using var one = new AdversarialTrainer(network, learner);
        var (realScore, generatedScore) = (one.Score(real).mean().item<float>(), round.Score(generated).mean().item<float>());

        round.StepDiscriminator(real, generated);

        Assert.AreEqual(realScore, round.Diagnostics.RealScore, 1e-5);
        Assert.AreEqual(generatedScore, round.Diagnostics.GeneratedScore, 1e-5);
        Assert.IsTrue(round.Diagnostics.AreaUnderRocCurve is > 0 and < 1);
        Assert.IsGreaterThan(0, round.Diagnostics.DiversityRatio);
    }

    [TestMethod]
    public void Lengths_that_do_not_fit_are_errors_that_name_them()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, Several);
        var (real, generated) = (Sequences(2, seed: 1), WithDraws(2, seed: 2));

        Expect.Error<ArgumentException>(
            "generatedSequences: expected (B, 4 * T, C) with 3 candidates of each token (AdversarialOptions.CandidatesPerToken), found (2, 15, 6).",
            () => round.StepDiscriminator(real, generated.narrow(1, 0, 15)));
        Expect.Error<ArgumentException>(
            "realSequences: expected (B, 8, 6) or (B, 16, 6), 1 or 3 candidates of each token as generatedSequences are (2, 16, 6), found (2, 12, 6).",
            () => round.StepDiscriminator(generated.narrow(1, 0, 12), generated));
        Expect.Error<ArgumentException>("sequences: expected (B, 4 * T, 6), found (2, 15, 6).", () => round.Score(generated.narrow(1, 0, 15)));
        Expect.Error<ArgumentException>(
            "tokens: expected (2, 4), 1 for a real token and 0 for padding (SequenceBatch.RealTokens), found (2, 12).",
            () => round.GeneratorLoss(generated, ones(2, Tokens * K)));
        Expect.Error<ArgumentException>(
            "candidates: expected (B, T, K, C) for sequences of (B, 2T, C) or (B, T + T * K, C), found (2, 4, 3, 6) for (2, 12, 6).",
            () => AdversarialTrainer.WithCandidates(generated.narrow(1, 0, 12), Draws(2, seed: 1)));
        Expect.Error<ArgumentException>(
            "candidates: expected the B and C of sequences, (2, 8, 6), found (3, 4, 3, 6).",
            () => AdversarialTrainer.WithCandidates(real, Draws(3, seed: 1)));
    }

    [TestMethod]
    public void Non_finite_loss_names_the_draw()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, Several);
        var sequences = WithDraws(3, seed: 1);
        sequences[1, Tokens + 2 * K + 1, 0] = tensor(float.NaN);

        Expect.Error<InvalidOperationException>(() => round.GeneratorLoss(sequences), "sequences, row 1", "at token 2, candidate 1.");
    }

    [TestMethod]
    public void Replayed_rows_keep_their_tokens_and_other_lengths_are_errors()
    {
        using var scope = NewDisposeScope();
        using var replay = new SequenceReplayBuffer(4, candidatesPerToken: K);
        var tokens = tensor(new float[] { 1, 1, 0, 0, 1, 1, 1, 1 }, [2, Tokens]);
        replay.Mix(WithDraws(2, seed: 1), tokens);

        var (sequences, found) = replay.Mix(WithDraws(2, seed: 2), ones(2, Tokens), fraction: 1);

        CollectionAssert.AreEqual(new long[] { 2, Tokens * (1 + K), Dimension }, sequences.shape);
        Assert.AreEqual(6, found!.sum().item<float>());
        Expect.Error<ArgumentException>(
            "sequences: expected (B, 4 * T, C) with 3 candidates of each token (candidatesPerToken), found (2, 14, 6).",
            () => replay.Mix(WithDraws(2, seed: 1).narrow(1, 0, 14)));
        Expect.Error<ArgumentOutOfRangeException>(
            "candidatesPerToken: expected 1 to 1024 candidates, found 0.", () => new SequenceReplayBuffer(4, candidatesPerToken: 0).Dispose());
    }

    private static Tensor Draws(int rows, int seed) => Tensors.Random(new Random(seed), rows, Tokens, K, Dimension);

    // Combined sequences, (B, T + T * K, C).
    private static Tensor WithDraws(int rows, int seed) => Tensors.Random(new Random(seed), rows, (1 + K) * Tokens, Dimension);
}
