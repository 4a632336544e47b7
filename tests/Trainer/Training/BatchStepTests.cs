using Microsoft.ML;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A batch given as an object equals its tensors given one by one, for every mask kind.</summary>
[TestClass]
public sealed class BatchStepTests
{
    private const int MaxTokens = 4;

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(MaskKind.Blocked, false)]
    [DataRow(MaskKind.Allowed, false)]
    [DataRow(MaskKind.Additive, false)]
    [DataRow(MaskKind.Blocked, true)]
    [DataRow(MaskKind.Allowed, true)]
    [DataRow(MaskKind.Additive, true)]
    public void Step_and_forward_of_a_batch_equal_those_of_its_tensors(MaskKind kind, bool padded)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch(kind, padded);
        Assert.AreEqual(kind, batch.MaskKind);
        Assert.AreEqual(padded, batch.RealTokens is not null);
        var (labels, weights) = (batch.Scalars["Label"], batch.Scalars["Weight"]);
        var blocked = kind switch { MaskKind.Allowed => batch.Mask.logical_not(), _ => batch.Mask };

        var byHand = Train(learner => learner.Step(batch.Sequences, null, labels.to(ScalarType.Float32), batch.RealTokens, weights));
        foreach (var step in new Func<DiscriminatorLearner, double>[]
        {
            learner => learner.Step(batch, weightColumnName: "Weight"),
            learner => learner.Step(batch, "Label", "Weight"),
            learner => learner.Step(batch, labels, weights),
        })
        {
            var found = Train(step);
            Assert.AreEqual(byHand.Loss, found.Loss);
            Expect.SameWeights(byHand.Weights, found.Weights);
        }

        // Under the mask itself, another way to compute the same.
        var masked = Train(learner => learner.Step(batch.Sequences, blocked, labels, batch.RealTokens, weights));
        Assert.AreEqual(masked.Loss, byHand.Loss, 1e-5);
        using var network = Network();
        network.eval();
        var real = batch.RealTokens ?? ones(batch.Rows, MaxTokens);
        Tensors.Close(network.forward(batch.Sequences, null), network.forward(batch), 0, "forward");
        Tensors.Close(network.forward(batch.Sequences, blocked).mul(real), network.forward(batch).mul(real), 1e-5, "under the mask");
    }

    /// <summary>A mask that was taken out and changed is no longer the rule's, and is obeyed.</summary>
    [TestMethod]
    [DataRow(MaskKind.Blocked, false)]
    [DataRow(MaskKind.Allowed, false)]
    [DataRow(MaskKind.Additive, false)]
    [DataRow(MaskKind.Blocked, true)]
    [DataRow(MaskKind.Allowed, true)]
    [DataRow(MaskKind.Additive, true)]
    public void Changed_mask_of_a_batch_is_used_by_the_learner_and_refused_by_the_adversarial_trainer(MaskKind kind, bool padded)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch(kind, padded);
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        network.eval();
        var before = network.forward(batch);
        // No candidate sees the initial embedding any more.
        batch.Mask.narrow(-2, batch.Sequences.shape[1] / 2, batch.Sequences.shape[1] / 2).narrow(-1, 0, 1)
            .fill_(kind == MaskKind.Additive ? float.NegativeInfinity : kind == MaskKind.Blocked);
        var changed = kind == MaskKind.Allowed ? batch.Mask.logical_not() : batch.Mask;

        var after = network.forward(batch);

        Tensors.Close(network.forward(batch.Sequences, changed), after, 0, "the changed mask");
        Assert.IsGreaterThan(1e-4f, after.sub(before).abs().max().item<float>());
        Expect.Error<ArgumentException>(() => round.StepDiscriminator(batch, batch.Sequences), "realBatch: expected the mask as the transform made it", "found one that was changed");
        Expect.Error<ArgumentException>(() => round.GeneratorLoss(batch, batch.Sequences), "batch: expected the mask as the transform made it");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Adversarial_steps_of_a_batch_equal_those_of_its_tensors(bool padded)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch(MaskKind.Allowed, padded);
        var candidates = Tensors.Random(new Random(1), batch.Rows, MaxTokens, Samples.Dimension);
        var sequences = AdversarialTrainer.WithCandidates(batch.Sequences, candidates);
        Tensors.Close(sequences, AdversarialTrainer.WithCandidates(batch, candidates), 0, "sequences");

        var byHand = Turns((round, _) => (
            round.StepDiscriminator(batch.Sequences, sequences, batch.RealTokens), round.GeneratorLoss(sequences, batch.RealTokens).item<float>()));
        var found = Turns((round, _) => (round.StepDiscriminator(batch, sequences), round.GeneratorLoss(batch, sequences).item<float>()));

        Assert.AreEqual(byHand.Losses, found.Losses);
        Expect.SameWeights(byHand.Weights, found.Weights);
    }

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(1, true)]
    [DataRow(3, false)]
    [DataRow(3, true)]
    public void Adversarial_steps_of_a_batch_with_several_draws_equal_those_of_its_tensors(int realCandidates, bool padded)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch(MaskKind.Blocked, padded, candidates: realCandidates);
        var draws = Tensors.Random(new Random(1), batch.Rows, MaxTokens, 3, Samples.Dimension);
        var sequences = AdversarialTrainer.WithCandidates(batch, draws);
        Tensors.Close(AdversarialTrainer.WithCandidates(batch.Sequences, draws), sequences, 0, "sequences");

        var byHand = Turns((round, _) => (
            round.StepDiscriminator(batch.Sequences, sequences, batch.RealTokens), round.GeneratorLoss(sequences, batch.RealTokens).item<float>()), candidates: 3);
        var found = Turns((round, _) => (round.StepDiscriminator(batch, sequences), round.GeneratorLoss(batch, sequences).item<float>()), candidates: 3);

        Assert.AreEqual(byHand.Losses, found.Losses);
        Expect.SameWeights(byHand.Weights, found.Weights);
    }

    [TestMethod]
    public void Batch_of_another_number_of_candidates_than_the_adversarial_trainer_is_an_error()
    {
        using var scope = NewDisposeScope();
        using var batch = Batch(MaskKind.Blocked, padded: false, candidates: 2);
        using var plain = Batch(MaskKind.Blocked, padded: false);
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var one = new AdversarialTrainer(network, learner);
        using var three = new AdversarialTrainer(network, learner, new AdversarialOptions { CandidatesPerToken = 3 });

        Expect.Error<ArgumentException>(
            "realBatch: expected one candidate of each token (AdversarialOptions.CandidatesPerToken), found 2.", () => one.StepDiscriminator(batch, batch.Sequences));
        Expect.Error<ArgumentException>(
            "batch: expected 1 or 3 candidates of each token (AdversarialOptions.CandidatesPerToken), found 2.", () => three.GeneratorLoss(batch, batch.Sequences));
        Expect.Error<ArgumentException>(
            $"generatedSequences: expected (B, 16, {Samples.Dimension}), as the batch has 4 tokens and the generator 3 candidates of each (AdversarialOptions.CandidatesPerToken), "
            + $"found ({plain.Rows}, 8, {Samples.Dimension}).",
            () => three.StepDiscriminator(plain, plain.Sequences));
        Expect.Error<ArgumentException>(
            $"candidates: expected ({plain.Rows}, 4, {Samples.Dimension}) or ({plain.Rows}, 4, K, {Samples.Dimension}), as the batch has {plain.Rows} rows of 4 tokens, found ({plain.Rows}, 3, {Samples.Dimension}).",
            () => AdversarialTrainer.WithCandidates(plain, zeros(plain.Rows, 3, Samples.Dimension)));
    }

    [TestMethod]
    public void Missing_scalar_column_is_named_with_those_of_the_batch()
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var batch = Batch(MaskKind.Blocked, padded: false);
        using var bare = Batch(MaskKind.Blocked, padded: false, scalars: []);

        Expect.Error<ArgumentException>(
            () => learner.Step(batch, "Truth"),
            "labelColumnName: expected a scalar column of the batch, found no 'Truth' among them: 'Label', 'Weight'. Name it in ScalarColumnNames of SequenceBatchOptions.");
        Expect.Error<ArgumentException>(() => learner.Step(batch, "Label", "Heaviness"), "weightColumnName: expected", "no 'Heaviness'");
        Expect.Error<ArgumentException>(() => learner.Step(bare), "labelColumnName: expected", "none at all");
    }

    private static (double Loss, Dictionary<string, float[]> Weights) Train(Func<DiscriminatorLearner, double> step)
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network) { Threads = 1 };
        return (step(learner), AdversarialSamples.Weights(network));
    }

    private static ((double, float) Losses, Dictionary<string, float[]> Weights) Turns(
        Func<AdversarialTrainer, DiscriminatorLearner, (double, float)> turns, int candidates = 1)
    {
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner, new AdversarialOptions { GradientPenalty = 1, CandidatesPerToken = candidates }, seed: 1);
        return (turns(round, learner), AdversarialSamples.Weights(network));
    }

    private static DiscriminatorNetwork Network() => new(
        new DiscriminatorConfig { EmbeddingDimension = Samples.Dimension, MaxTokens = MaxTokens, ModelDimension = 8, Layers = 2, Dropout = 0 }, seed: 1);

    private static SequenceBatch Batch(MaskKind kind, bool padded, IReadOnlyList<string>? scalars = null, int candidates = 1)
    {
        var rows = Samples.Free(40, MaxTokens).Where(row => padded || row.PreviousEmbeddings.Length == MaxTokens * Samples.Dimension).ToList();
        for (var i = 0; i < rows.Count; i++)
            rows[i].Weight = 1 + i % 3;
        // Each candidate of a token is the row's own.
        foreach (var row in rows)
            row.CurrentEmbeddings = [.. row.CurrentEmbeddings.Chunk(Samples.Dimension).SelectMany(token => Enumerable.Repeat(token, candidates).SelectMany(values => values))];
        var view = Ml.Data.LoadFromEnumerable(rows);
        var stage = Ml.Transforms.NextTokenDiscriminator(
            new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Samples.Dimension, CandidatesPerToken = candidates, MaskKind = kind }).Fit(view);
        return stage.ToBatches(view, new SequenceBatchOptions { ScalarColumnNames = scalars ?? ["Label", "Weight"] }).Single();
    }
}
