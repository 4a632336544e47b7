using MlNetNtd.Examples.TextGan;
using TorchSharp;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TextGanRoundTests
{
    [TestMethod]
    public void A_generator_learns_from_token_scores_to_please_the_discriminator()
    {
        using var folder = new TemporaryFolder();
        // The discriminator knows the refrain, the generator nothing yet, and teacher forcing has all but no weight.
        var preset = Preset.Default with
        {
            Tokens = 8,
            BatchSize = 8,
            DiscriminatorEpochs = 10,
            AdversarialRate = 5e-3,
            AdversarialWeight = 100,
            BatchesPerRound = 60,
        };
        using var bench = TextGanSamples.Bench(folder, TextGanSamples.Refrain, preset);
        using var discriminator = new FirstJudgement(bench).Train(_ => { }, null, default);
        var before = Auc(bench, discriminator);
        Assert.IsGreaterThan(0.9, before);

        for (var round = 0; round < 6; round++)
            new TextRound(bench, discriminator).Run(round, null, _ => true);

        Assert.IsLessThan(before - 0.2, Auc(bench, discriminator));
        Assert.IsTrue(discriminator.parameters().All(parameter => parameter.requires_grad));
    }

    [TestMethod]
    public void Without_an_adversary_a_round_is_teacher_forcing_on_the_same_windows()
    {
        using var folder = new TemporaryFolder();
        var preset = Preset.Default with { BatchSize = 8, BatchesPerRound = 4, DiscriminatorEpochs = 1, AdversarialWeight = 0 };
        using var bench = TextGanSamples.Bench(folder, TextGanSamples.Text, preset);
        using var discriminator = new DiscriminatorNetwork(bench.Pipeline.Shape(bench.Table, bench.Story));
        using var start = new GeneratorSnapshot(bench.Generator);

        var alone = new TextRound(bench, null).Run(0, null, _ => true);
        using var one = new GeneratorSnapshot(bench.Generator);
        start.Restore(bench.Generator);
        var beside = new TextRound(bench, discriminator).Run(0, null, _ => true);

        // An adversary without weight changes nothing: both arms of an ablation differ by the term alone.
        Assert.AreEqual(alone.TeacherForcing, beside.TeacherForcing);
        Assert.AreEqual(0.0, alone.Adversarial);
        Assert.IsGreaterThan(0.0, beside.Adversarial);
        Assert.IsGreaterThan(0.0, beside.Discriminator);
    }

    /// <summary>Both networks, both optimizers, dropout, the draws and the sums go on where they were.</summary>
    [TestMethod]
    public void A_round_that_is_stopped_ends_as_one_that_is_not()
    {
        using var folder = new TemporaryFolder();
        var preset = Preset.Default with { BatchSize = 4, BatchesPerRound = 4, DiscriminatorEpochs = 1 };
        using var bench = TextGanSamples.Bench(folder, TextGanSamples.Text, preset);
        var start = bench.Generator.Weights;
        using var whole = Network();
        var losses = new TextRound(bench, whole).Run(0, null, _ => true);
        var (generator, discriminator) = (bench.Generator.Weights, Weights(whole));

        for (var stop = 1; stop <= 4; stop++)
        {
            bench.Generator.Weights = start;
            using var stopped = Network();
            UnderWay? known = null;
            var step = 0;
            new TextRound(bench, stopped).Run(0, null, now =>
            {
                known = now();
                return ++step < stop;
            });
            using var resumed = Network();
            var rest = 0;
            var found = new TextRound(bench, resumed).Run(0, known, _ => ++rest > 0);

            Assert.AreEqual((stop, 4 - stop), (step, rest));
            Assert.AreEqual(losses, found);
            AssertSame(generator, bench.Generator.Weights);
            AssertSame(discriminator, Weights(resumed));
        }

        DiscriminatorNetwork Network() => new(bench.Pipeline.Shape(bench.Table, bench.Story), seed: 3);

        static IReadOnlyDictionary<string, float[]> Weights(DiscriminatorNetwork network)
        {
            using var learner = new DiscriminatorLearner(network);
            return learner.GetState().Weights;
        }

        static void AssertSame(IReadOnlyDictionary<string, float[]> expected, IReadOnlyDictionary<string, float[]> found)
        {
            foreach (var (name, values) in expected)
                CollectionAssert.AreEqual(values, found[name], name);
        }
    }

    [TestMethod]
    public void An_epoch_of_pretraining_that_is_stopped_ends_as_one_that_is_not()
    {
        using var folder = new TemporaryFolder();
        var preset = Preset.Default with { BatchSize = 16 };
        using var bench = TextGanSamples.Bench(folder, TextGanSamples.Text, preset);
        var start = bench.Generator.Weights;
        var loss = new Pretraining(bench).Train(1, null, _ => true);
        var whole = bench.Generator.Weights;

        bench.Generator.Weights = start;
        UnderWay? known = null;
        new Pretraining(bench).Train(1, null, now => (known = now()).Step < 3);
        var found = new Pretraining(bench).Train(1, known, _ => true);

        Assert.AreEqual(loss, found);
        foreach (var (name, values) in whole)
            CollectionAssert.AreEqual(values, bench.Generator.Weights[name], name);
    }

    private static double Auc(Workbench bench, DiscriminatorNetwork discriminator) =>
        HeldOutJudge.OfNetwork(bench.Stage, discriminator, bench.Rows.Of(bench.HeldOutExamples()), torch.CPU).Auc;
}
