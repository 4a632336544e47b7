using MlNetNtd.Examples.TextGan;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TextGanRoundTests
{
    [TestMethod]
    public void A_generator_learns_from_token_scores_to_please_the_discriminator()
    {
        using var folder = new TemporaryFolder();
        // The discriminator knows the refrain, the generator nothing yet.
        var preset = Preset.Default with
        {
            Tokens = 8,
            BatchSize = 8,
            DiscriminatorEpochs = 25,
            AdversarialRate = 5e-3,
            AdversarialWeight = 5,
            BatchesPerRound = 60,
        };
        using var bench = TextGanSamples.Bench(folder, TextGanSamples.Refrain, preset);
        using var discriminator = new FirstJudgement(bench).Train(_ => { }, default);
        Assert.IsGreaterThan(0.9, Auc(bench, discriminator));
        var before = Auc(bench, discriminator);

        for (var round = 0; round < 6; round++)
            new TextGan.AdversarialRound(bench, discriminator).Run(round, 0, () => true);

        Assert.IsLessThan(before - 0.2, Auc(bench, discriminator));
        Assert.IsTrue(discriminator.parameters().All(parameter => parameter.requires_grad));
    }

    [TestMethod]
    public void A_round_that_is_stopped_goes_on_where_it_was()
    {
        using var folder = new TemporaryFolder();
        var preset = Preset.Default with { BatchSize = 8, BatchesPerRound = 4, DiscriminatorEpochs = 1 };
        using var bench = TextGanSamples.Bench(folder, TextGanSamples.Text, preset);
        using var discriminator = new DiscriminatorNetwork(bench.Pipeline.Shape(bench.Table, bench.Story));
        var round = new TextGan.AdversarialRound(bench, discriminator);
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

    private static double Auc(Workbench bench, DiscriminatorNetwork discriminator)
    {
        var drawn = bench.Draw(bench.Story.HeldOut, seed: 1);
        return HeldOutJudge.OfNetwork(bench.Stage, discriminator, bench.Rows.TrueAndDrawn(bench.Story.HeldOut, drawn), TorchSharp.torch.CPU);
    }
}
