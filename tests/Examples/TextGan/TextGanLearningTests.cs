using MlNetNtd.Studies.TextGan;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>The claims of the study TextGan on less text and with smaller networks.</summary>
[TestClass]
public sealed class TextGanLearningTests
{
    [TestMethod]
    [FullRun]
    public void Generator_beats_bigrams_and_real_text_scores_above_random_and_shuffled_words()
    {
        using var folder = new TemporaryFolder();
        // Half of the book.
        var text = File.ReadAllText(TextDataset.DefaultPath)[..70000];
        var hyperparameters = Hyperparameters.Quick with { Tokens = 12, Dimension = 64, Hidden = 64, Dropout = 0, PretrainingEpochs = 4, DiscriminatorEpochs = 6 };
        using var experiment = TextGanSamples.CreateExperiment(folder, text, hyperparameters);
        using var discriminator = Prepare(experiment, out var run);

        Assert.IsLessThan(run.PairLoss, run.State.Start!.HeldOutLoss);
        SavedModel.Save(experiment, discriminator, folder.PathOf("model.zip"));
        var metrics = SavedModel.Evaluate(experiment, folder.PathOf("model.zip"));
        Assert.IsGreaterThanOrEqualTo(0.8, metrics.RandomWordsAuc);
        Assert.IsGreaterThanOrEqualTo(0.8, metrics.ShuffledAuc);
        Assert.AreEqual(run.State.Start.Discriminator.Auc, metrics.DrawnAuc, 1e-3);
    }

    [TestMethod]
    [FullRun]
    public void Discriminator_detects_more_than_bigrams()
    {
        using var folder = new TemporaryFolder();
        // Who leaves is who came first: no neighbor tells, and a generator that has hardly begun does not know.
        string[] animals = ["cat", "dog", "hen", "fox", "pig", "cow", "owl", "ant"];
        var random = new Random(1);
        var sentences = Enumerable.Range(0, 700).Select(_ => random.GetItems(animals, 2)).Select(pair => $"{pair[0]} met {pair[1]} , {pair[0]} left .");
        var hyperparameters = Hyperparameters.Quick with { Tokens = 14, PretrainingEpochs = 1, DiscriminatorPasses = 5, DiscriminatorEpochs = 8 };
        using var experiment = TextGanSamples.CreateExperiment(folder, string.Join(' ', sentences), hyperparameters);
        using var discriminator = Prepare(experiment, out var run);
        var start = run.State.Start!;

        Assert.IsGreaterThan(start.PairAuc + 0.05, start.Discriminator.Auc);
    }

    private static DiscriminatorNetwork Prepare(Experiment experiment, out TrainingRun run)
    {
        run = new TrainingRun(experiment, TextWriter.Null, null, new RunState(), default);
        return run.Prepare();
    }
}
