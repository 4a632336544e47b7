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
        using var discriminator = new FirstJudgement(bench).Train(_ => { }, default);
        var before = Auc(bench, discriminator);
        Assert.IsGreaterThan(0.9, before);

        for (var round = 0; round < 6; round++)
            new TextRound(bench, discriminator).Run(round, 0, () => true);

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

        var alone = new TextRound(bench, null).Run(0, 0, () => true);
        using var one = new GeneratorSnapshot(bench.Generator);
        start.Restore(bench.Generator);
        var beside = new TextRound(bench, discriminator).Run(0, 0, () => true);

        // An adversary without weight changes nothing: both arms of an ablation differ by the term alone.
        Assert.AreEqual(alone.TeacherForcing, beside.TeacherForcing);
        Assert.AreEqual(0.0, alone.Adversarial);
        Assert.IsGreaterThan(0.0, beside.Adversarial);
        Assert.IsGreaterThan(0.0, beside.Discriminator);
    }

    [TestMethod]
    public void A_round_that_is_stopped_goes_on_where_it_was()
    {
        using var folder = new TemporaryFolder();
        var preset = Preset.Default with { BatchSize = 4, BatchesPerRound = 4, DiscriminatorEpochs = 1 };
        using var bench = TextGanSamples.Bench(folder, TextGanSamples.Text, preset);
        using var discriminator = new DiscriminatorNetwork(bench.Pipeline.Shape(bench.Table, bench.Story));
        var round = new TextRound(bench, discriminator);
        var (first, rest) = (0, 0);

        round.Run(0, 0, () => ++first < 3);
        round.Run(0, first, () =>
        {
            rest++;
            return true;
        });

        Assert.AreEqual(3, first);
        Assert.AreEqual(round.Steps - 3, rest);
    }

    private static double Auc(Workbench bench, DiscriminatorNetwork discriminator) =>
        HeldOutJudge.OfNetwork(bench.Stage, discriminator, bench.Rows.Of(bench.HeldOutExamples()), torch.CPU).Auc;
}
