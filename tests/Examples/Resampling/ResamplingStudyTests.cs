using MlNetNtd.Benchmarks.Quality;
using MlNetNtd.Studies;
using MlNetNtd.Studies.Resampling;
using MlNetNtd.Studies.TextGan;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>The study Resampling at a size that takes seconds; how well the picks do is not tested.</summary>
[TestClass]
public sealed class ResamplingStudyTests
{
    private const int Tokens = 8;

    private static NGramModel Model => new([[.. Enumerable.Range(0, 400).Select(i => i * i % 7)]], vocabulary: 7, order: 2);

    [TestMethod]
    public void Bigram_generator_has_the_model_s_probabilities()
    {
        int[][] texts = [[1, 2, 4, 1], [0, 0, 3, 2]];
        var logarithms = new float[2];
        var expected = texts.Average(text => Enumerable.Range(0, text.Length).Average(i =>
        {
            Model.GetLogProbabilities(text.AsSpan(0, i), text[i], logarithms);
            return -(double)logarithms[1];
        }));

        var forced = new TeacherForcing(new BigramGenerator(Model, 7), texts);

        Assert.AreEqual(expected, forced.ComputeLoss(), 1e-5);
        using var model = new ResidualModel(forced.Generate, (_, _, scores) => scores.Clear(), new ResidualModelOptions { VocabularySize = 7 });
        Assert.AreEqual(expected, model.Evaluate(texts).GeneratorLoss, 1e-5);
        Assert.AreEqual(expected, model.Evaluate(texts).GeneratorLoss, 1e-5);
    }

    [TestMethod]
    public void Picks_by_equal_scores_are_the_generator_s_own_and_a_low_temperature_keeps_likely_words()
    {
        using var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 2, MaxTokens = Tokens }, seed: 1);
        using var file = new TemporaryFile();
        network.SaveWeights(file.Path);
        var scorer = TokenScorer.LoadSafetensors(file.Path);
        var (generator, zeros) = (new BigramGenerator(Model, 7), new float[2]);
        var writer = new Writer(generator, Tokens);

        var picked = writer.WriteResampled(2000, 1, new WordScorer(scorer, _ => zeros), alpha: 1, candidates: 4);
        var written = writer.Write(2000, 2);

        Assert.IsLessThan(0.01, NGrams.Count(picked, 2).DivergenceFrom(NGrams.Count(written, 2)));
        Assert.HasCount(2000, picked);
        var cold = writer.Write(500, 3, temperature: 0.05);
        Assert.IsLessThan(Loss(written), Loss(cold));

        double Loss(List<int[]> texts) => new TeacherForcing(generator, texts).ComputeLoss();
    }

    [TestMethod]
    public void Recurrent_judge_tells_words_by_those_before_them_and_nothing_from_nothing()
    {
        var random = new Random(1);
        var judge = new RecurrentJudge(MlNetNtd.EmbeddingTable.FromRows([.. Enumerable.Range(0, 7).Select(id => Enumerable.Range(0, 7).Select(i => i == id ? 1f : 0).ToArray())]), seed: 1);

        Assert.IsGreaterThan(0.7, judge.ComputeAuc(Count(100), Draw(100), Count(40), Draw(40)));
        Assert.AreEqual(0.5, judge.ComputeAuc(Draw(100), Draw(100), Draw(100), Draw(100)), 0.1);

        // Each word is the one before it plus one: every word is as frequent as in texts at random.
        int[][] Count(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(7)).Select(first => Enumerable.Range(first, Tokens).Select(id => id % 7).ToArray())];
        int[][] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Tokens).Select(_ => random.Next(7)).ToArray())];
    }

    [TestMethod]
    [FullRun]
    public void Every_arm_of_both_texts_is_measured()
    {
        var random = new Random(1);
        var corpus = new Corpus("words", [.. Enumerable.Range(0, 60).Select(_ => Enumerable.Range(0, 200).Select(_ => $"w{random.Next(40) * random.Next(2)}").ToArray())]);
        var sizes = new BigramText.Sizes { Tokens = Tokens, Words = 30, Dimension = 8, TrainingWindows = 100, JudgeWindows = 60, ValidationWindows = 20, TestWindows = 30, ExactWindows = 5 };

        var bigram = new BigramText(corpus, candidates: 3, sizes).Run(seed: 1, default);
        var recurrent = new RecurrentText(Hyperparameters.Quick with { PretrainingEpochs = 1, DiscriminatorPasses = 1, DiscriminatorEpochs = 1, Rounds = 1, BatchesPerRound = 2 }, 3).Run(seed: 1, default);

        CollectionAssert.AreEqual(new[] { "generator", "picks of 3", "picks of 3, n-grams", "temperature 0.9", "bigram of all that text", "4-gram of all that text" }, bigram.Select(arm => arm.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "generator", "picks of 3", "temperature 0.9", "bigram of the same text", "adversary" }, recurrent.Select(arm => arm.Name).ToArray());
        foreach (var arm in bigram.Concat(recurrent))
        {
            Assert.IsInRange(0.2, 1.0, arm.TreesAuc);
            Assert.IsInRange(0.2, 1.0, arm.RecurrentAuc);
            Assert.IsInRange(0.1, 10.0, arm.Loss);
            Assert.IsInRange(0.0, Math.Log(2) + 1e-9, arm.Divergence);
        }
    }
}
