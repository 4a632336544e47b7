using static MlNetNtd.Tests.AdversarialSamples;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Shapes and ranges of labels, real-token masks and weights: nothing is broadcast silently.</summary>
[TestClass]
public sealed class LossInputTests
{
    private const int Rows = 3;

    [TestMethod]
    [DataRow(new long[] { Rows }, DisplayName = "TokenCounts")]
    [DataRow(new long[] { 1 })]
    [DataRow(new long[] { Rows, 1 })]
    [DataRow(new long[] { 1, Tokens })]
    [DataRow(new long[] { })]
    [DataRow(new long[] { Rows, 2 * Tokens })]
    public void Tokens_of_another_shape_are_refused_by_every_method(long[] shape)
    {
        using var scope = NewDisposeScope();
        var (sequences, tokens) = (Sequences(Rows, seed: 1), ones(shape));
        var phrase = $"expected (3, 4), 1 for a real token and 0 for padding (SequenceBatch.RealTokens), found ({string.Join(", ", shape)}).";

        foreach (var labels in new[] { ones(Rows), ones(Rows, Tokens) })
        {
            Refused((_, learner) => learner.Step(sequences, null, labels, tokens), $"tokens: {phrase}");
            Expect.Error<ArgumentException>(() => DiscriminatorLoss.BinaryCrossEntropy(ones(Rows, Tokens), labels, tokens), $"tokens: {phrase}");
        }

        Expect.Error<ArgumentException>(() => DiscriminatorLoss.SequenceScores(ones(Rows, Tokens), tokens), $"tokens: {phrase}");
        Refused((round, _) => round.GeneratorLoss(sequences, tokens), $"tokens: {phrase}");
        Refused((round, _) => round.StepDiscriminator(sequences, sequences, tokens), $"realTokens: {phrase}");
        Refused((round, _) => round.StepDiscriminator(sequences, sequences, null, tokens), $"generatedTokens: {phrase}");
        using var replay = new SequenceReplayBuffer(4);
        Expect.Error<ArgumentException>(() => replay.Mix(sequences, tokens), $"tokens: {phrase}");
        Assert.AreEqual(0, replay.Count);
    }

    [TestMethod]
    public void Tokens_other_than_one_and_zero_are_refused()
    {
        using var scope = NewDisposeScope();
        var sequences = Sequences(Rows, seed: 1);
        // Ids of words are (B, T) too.
        var ids = arange(Rows * Tokens, dtype: ScalarType.Int64).reshape(Rows, Tokens);

        Refused((_, learner) => learner.Step(sequences, null, ones(Rows), ids), "tokens: expected 1 for a real token and 0 for padding, found 2 in row 0, token 2.");
        Refused((round, _) => round.StepDiscriminator(sequences, sequences, ids), "realTokens: expected 1", "found 2 in row 0, token 2");
        var none = ones(Rows, Tokens);
        none[1] = 0;
        Refused((_, learner) => learner.Step(sequences, null, ones(Rows), none), "tokens: expected at least one real token in each row, found none in row 1.");
        Expect.Error<ArgumentException>(() => DiscriminatorLoss.SequenceScores(ones(Rows, Tokens), none), "found none in row 1");
        // A row that has none teaches nothing where each token has a label.
        Assert.IsTrue(float.IsFinite(DiscriminatorLoss.BinaryCrossEntropy(ones(Rows, Tokens), ones(Rows, Tokens), none).item<float>()));
    }

    [TestMethod]
    [DataRow(-1f, "-1")]
    [DataRow(1.5f, "1.5")]
    [DataRow(float.NaN, "NaN")]
    public void Labels_below_zero_or_above_one_are_refused(float label, string written)
    {
        using var scope = NewDisposeScope();
        var sequences = Sequences(Rows, seed: 1);
        var (ofRows, ofTokens) = (ones(Rows), ones(Rows, Tokens));
        (ofRows[1], ofTokens[1, 2]) = (label, label);
        var padded = ones(Rows, Tokens);
        padded[1].narrow(0, 2, 2).fill_(0);

        Refused((_, learner) => learner.Step(sequences, null, ofRows), $"labels: expected 0 to 1, found {written} in row 1.");
        Refused((_, learner) => learner.Step(sequences, null, ofTokens), $"labels: expected 0 to 1, found {written} in row 1, token 2.");
        Expect.Error<ArgumentException>(() => DiscriminatorLoss.BinaryCrossEntropy(ones(Rows, Tokens), ofRows), $"found {written} in row 1");
    }

    /// <summary>Some mark what is to be ignored by -100.</summary>
    [TestMethod]
    public void Labels_of_padding_are_ignored()
    {
        using var scope = NewDisposeScope();
        var (logits, labels, tokens) = (Tensors.Random(new Random(1), 2, Tokens), ones(2, Tokens), ones(2, Tokens));
        (labels[1, 3], tokens[1, 3]) = (-100, 0);

        Assert.AreEqual(
            DiscriminatorLoss.BinaryCrossEntropy(logits, ones(2, Tokens), tokens).item<float>(),
            DiscriminatorLoss.BinaryCrossEntropy(logits, labels, tokens).item<float>());
    }

    [TestMethod]
    public void Weights_of_another_shape_or_below_zero_are_refused()
    {
        using var scope = NewDisposeScope();
        var sequences = Sequences(Rows, seed: 1);
        foreach (var labels in new[] { ones(Rows), ones(Rows, Tokens) })
        {
            foreach (var weights in new[] { ones(1), ones(Rows, 1), tensor(1f), ones(1, Rows) })
            {
                Refused(
                    (_, learner) => learner.Step(sequences, null, labels, null, weights),
                    $"weights: expected (3), one for each row, found ({string.Join(", ", weights.shape)}).");
            }

            foreach (var (weight, written) in new[] { (-1f, "-1"), (float.NaN, "NaN"), (float.PositiveInfinity, "Infinity") })
            {
                Refused(
                    (_, learner) => learner.Step(sequences, null, labels, null, tensor(new[] { 1, weight, 1 })),
                    $"weights: expected finite numbers of at least 0, found {written} in row 1.");
            }
        }
    }

    /// <summary>What ToBatches hands out: Booleans, integers, keys from 0.</summary>
    [TestMethod]
    [DataRow(ScalarType.Bool)]
    [DataRow(ScalarType.Byte)]
    [DataRow(ScalarType.Int32)]
    [DataRow(ScalarType.Int64)]
    [DataRow(ScalarType.Float64)]
    [DataRow(ScalarType.Float16)]
    public void Ones_and_zeros_of_any_type_are_accepted(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (sequences, tokens) = (Sequences(Rows, seed: 1), ones(Rows, Tokens));
        tokens[1, 3] = 0;
        foreach (var labels in new[] { tensor(new float[] { 1, 0, 1 }), tensor(new float[] { 1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1 }, [Rows, Tokens]) })
        {
            // In one part, and its rows divided among threads.
            foreach (var threads in new[] { 1, 2 })
            {
                var (expected, found) = (Train(threads, labels, tokens, ones(Rows)), Train(threads, labels.to(type), tokens.to(type), ones(Rows).to(type)));
                Assert.AreEqual(expected.Loss, found.Loss);
                Expect.SameWeights(expected.Weights, found.Weights);
            }
        }

        (double Loss, Dictionary<string, float[]> Weights) Train(int threads, Tensor labels, Tensor real, Tensor weights)
        {
            using var network = Network();
            using var learner = new DiscriminatorLearner(network) { Threads = threads };
            return (learner.Step(sequences, null, labels, real, weights), Weights(network));
        }
    }

    [TestMethod]
    public void Missing_key_as_a_label_is_refused()
    {
        using var scope = NewDisposeScope();

        Refused((_, learner) => learner.Step(Sequences(Rows, seed: 1), null, tensor(new long[] { 1, 0, -1 })), "labels: expected 0 to 1, found -1 in row 2.");
    }

    [TestMethod]
    public void Gradients_still_reach_labels()
    {
        using var scope = NewDisposeScope();
        foreach (var labels in new[] { full(Rows, 0.5f).requires_grad_(), full([Rows], 0.5, dtype: ScalarType.Float64).requires_grad_() })
        {
            DiscriminatorLoss.BinaryCrossEntropy(Tensors.Random(new Random(1), Rows, Tokens), labels).backward();
            Assert.IsGreaterThan(0f, labels.grad!.abs().max().to(ScalarType.Float32).item<float>());
        }
    }

    // Whatever is refused changes nothing.
    private static void Refused(Action<AdversarialTrainer, DiscriminatorLearner> act, params string[] phrases)
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        var before = Weights(network);
        Expect.Error<ArgumentException>(() => act(round, learner), phrases);
        Expect.SameWeights(before, Weights(network));
        Assert.AreEqual(0, learner.Steps);
    }
}
