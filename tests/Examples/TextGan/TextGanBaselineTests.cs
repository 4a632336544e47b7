using MlNetNtd.Studies.TextGan;

namespace MlNetNtd.Examples.Tests;

/// <summary>The baselines of the text, and the embeddings made from it.</summary>
[TestClass]
public sealed class TextGanBaselineTests
{
    [TestMethod]
    public void Probabilities_sum_to_1_and_a_seen_pair_is_likelier_than_its_second_word_alone()
    {
        using var folder = new TemporaryFolder();
        var dataset = TextGanSamples.ReadDataset(folder, TextGanSamples.Refrain);
        var counts = PairCounts.Count(dataset);
        var (two, three, six) = (dataset.Vocabulary.GetId("two"), dataset.Vocabulary.GetId("three"), dataset.Vocabulary.GetId("six"));

        var words = Enumerable.Range(0, counts.Words).ToArray();
        Assert.AreEqual(1.0, words.Sum(counts.WordProbability), 1e-9);
        foreach (var previous in words)
            Assert.AreEqual(1.0, words.Sum(next => counts.PairProbability(previous, next)), 1e-9);
        Assert.AreEqual(Math.Log(counts.PairProbability(two, three) / counts.WordProbability(three)), counts.Information(two, three), 1e-12);
        Assert.IsGreaterThan(1.0, counts.Information(two, three));
        Assert.IsLessThan(-1.0, counts.Information(two, six));
    }

    [TestMethod]
    public void Certain_next_words_leave_only_the_first_word_of_a_window_open()
    {
        using var folder = new TemporaryFolder();
        var dataset = TextGanSamples.ReadDataset(folder, TextGanSamples.Refrain);
        var counts = PairCounts.Count(dataset);

        // 8 words equally often; the count of one more for each, the unknown word among them, shifts that a little.
        Assert.AreEqual(Math.Log(8), counts.ComputeWordLoss(dataset, dataset.HeldOut), 0.02);
        Assert.AreEqual(Math.Log(8) / dataset.Tokens, counts.ComputePairLoss(dataset, dataset.HeldOut), 0.05);
    }

    [TestMethod]
    public void Bigrams_tell_real_words_from_random_words()
    {
        using var folder = new TemporaryFolder();
        var dataset = TextGanSamples.ReadDataset(folder, TextGanSamples.Refrain);
        var randomWords = new RandomWords(dataset, seed: 1);
        Example[] examples = [.. dataset.HeldOut.SelectMany(window => new[] { Example.Real(dataset, window), Example.Generated(dataset, window, randomWords.Draw()) })];

        // Of 8 words at random, one is the true one; of the first word of 8 nothing is known.
        Assert.IsInRange(0.85, 0.99, HeldOutEvaluation.EvaluatePairs(PairCounts.Count(dataset), examples));
    }

    [TestMethod]
    public void Halves_of_two_embeddings_give_the_mutual_information_of_their_pair()
    {
        using var folder = new TemporaryFolder();
        var dataset = TextGanSamples.ReadDataset(folder, TextGanSamples.Refrain);
        var counts = PairCounts.Count(dataset);
        const int dimension = 16;
        var values = NeighborEmbeddings.Learn(counts, dimension);

        // Scaled as a whole, so compared by their order: for each word the likeliest next has the largest product.
        for (var previous = 1; previous < counts.Words; previous++)
        {
            var likeliest = Enumerable.Range(1, counts.Words - 1).MaxBy(next => counts.Information(previous, next));
            Assert.AreEqual(likeliest, Enumerable.Range(1, counts.Words - 1).MaxBy(next => Product(previous, next)), dataset.Vocabulary[previous]);
        }

        CollectionAssert.AreEqual(values, NeighborEmbeddings.Learn(counts, dimension));

        double Product(int previous, int next) => Enumerable.Range(0, dimension / 2)
            .Sum(i => (double)values[previous * dimension + i] * values[next * dimension + dimension / 2 + i]);
    }

    [TestMethod]
    public void Random_words_come_from_the_text_and_shuffled_words_from_the_window()
    {
        using var folder = new TemporaryFolder();
        var dataset = TextGanSamples.ReadDataset(folder, TextGanSamples.Text);
        var (one, again) = (new RandomWords(dataset, 3), new RandomWords(dataset, 3));
        var words = one.Draw();

        Assert.HasCount(dataset.Tokens, words);
        Assert.IsTrue(words.All(word => dataset.TrainingIds.Contains(word)));
        CollectionAssert.AreEqual(words, again.Draw());
        CollectionAssert.AreEquivalent(dataset[16].ToArray(), one.Shuffle(16));
        CollectionAssert.AreNotEqual(dataset[16].ToArray(), one.Shuffle(16));
    }
}
