using MlNetNtd.Examples.TextGan;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>What the example claims to learn, on less text and with smaller networks.</summary>
[TestClass]
public sealed class TextGanLearningTests
{
    [TestMethod]
    [FullRun]
    public void The_generator_beats_pairs_and_text_scores_above_gibberish_and_above_its_words_shuffled()
    {
        using var folder = new TemporaryFolder();
        // Half of the book.
        var text = File.ReadAllText(Settings.DefaultInputPath)[..70000];
        var preset = Preset.Quick with { Tokens = 12, Dimension = 64, Hidden = 64, Dropout = 0, PretrainingEpochs = 4, DiscriminatorEpochs = 6 };
        using var bench = TextGanSamples.Bench(folder, text, preset);
        using var discriminator = Prepare(bench, out var run);

        Assert.IsLessThan(run.PairNats, run.State.Start!.HeldOutLoss);
        var saved = new SavedModel(new RunFolder(folder.Path));
        saved.Save(bench, discriminator);
        var judgement = saved.Judge(bench);
        Assert.IsGreaterThanOrEqualTo(0.8, judgement.Gibberish);
        Assert.IsGreaterThanOrEqualTo(0.8, judgement.Shuffled);
        Assert.AreEqual(run.State.Start.Discriminator.Auc, judgement.Drawn, 1e-3);
    }

    [TestMethod]
    [FullRun]
    public void The_discriminator_sees_what_pairs_cannot()
    {
        using var folder = new TemporaryFolder();
        // Who leaves is who came first: no neighbour tells, and a generator that has hardly begun does not know.
        string[] animals = ["cat", "dog", "hen", "fox", "pig", "cow", "owl", "ant"];
        var random = new Random(1);
        var sentences = Enumerable.Range(0, 700).Select(_ => random.GetItems(animals, 2)).Select(pair => $"{pair[0]} met {pair[1]} , {pair[0]} left .");
        var preset = Preset.Quick with { Tokens = 14, PretrainingEpochs = 1, DiscriminatorPasses = 5, DiscriminatorEpochs = 8 };
        using var bench = TextGanSamples.Bench(folder, string.Join(' ', sentences), preset);
        using var discriminator = Prepare(bench, out var run);
        var start = run.State.Start!;

        Assert.IsGreaterThan(start.PairAuc + 0.05, start.Discriminator.Auc);
    }

    private static DiscriminatorNetwork Prepare(Workbench bench, out Run run)
    {
        var state = new RunState { Input = "", Rounds = 1 };
        run = new Run(bench, new Screen(TextWriter.Null, plain: true), null, state, default);
        return run.Prepare();
    }
}
