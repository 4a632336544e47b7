namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class LearningTests
{
    [TestMethod]
    public void Information_is_what_the_counts_of_neighbours_say()
    {
        // a b a b c: neighbours a-b three times, b-c once, each counted from both sides.
        var matrix = PpmiMatrix.Of([0, 1, 0, 1, 2], words: 3, reach: 1);

        var withB = matrix.Times([0, 1, 0]);
        Assert.AreEqual(Math.Log(3.0 * 8 / (3 * 4)), withB[0], 1e-12);
        Assert.AreEqual(0.0, withB[1]);
        Assert.AreEqual(Math.Log(1.0 * 8 / (1 * 4)), withB[2], 1e-12);
    }

    [TestMethod]
    public void Singular_vectors_are_orthonormal_and_belong_to_their_values()
    {
        var corpus = Samples.ReadBook();
        var matrix = PpmiMatrix.Of(corpus.Ids, corpus.Vocabulary.Count, reach: 2);
        var found = SingularVectors.Of(matrix, 6);

        for (var i = 0; i < found.Length; i++)
        {
            for (var j = 0; j <= i; j++)
                Assert.AreEqual(i == j ? 1.0 : 0.0, Dot(found[i].Vector, found[j].Vector), 1e-9, $"{i}, {j}");
            if (i > 0)
                Assert.IsLessThanOrEqualTo(found[i - 1].Value, found[i].Value);
        }

        // The strongest stands clear of the others, so the matrix must stretch it by its value and leave its direction.
        var (vector, value) = found[0];
        var product = matrix.Times(vector);
        Assert.IsTrue(vector.Zip(product).All(pair => Math.Abs(value * pair.First - pair.Second) < 1e-6 * value));
    }

    [TestMethod]
    public void Beyond_the_rank_there_is_nothing_to_learn()
    {
        var (corpus, embeddings, _) = Samples.Learn(dimension: 20);

        Assert.AreEqual(20, embeddings.Dimension);
        for (var word = 0; word < corpus.Vocabulary.Count; word++)
        {
            Assert.AreEqual(20, embeddings[word].Length);
            Assert.IsTrue(embeddings[word][corpus.Vocabulary.Count..].IndexOfAnyExcept(0f) < 0);
        }
    }

    [TestMethod]
    public void Embeddings_have_length_1_and_are_the_same_each_time()
    {
        var corpus = Samples.ReadBook();
        var one = Embeddings.Learn(corpus.Ids, corpus.Vocabulary.Count, 16);
        var other = Embeddings.Learn(corpus.Ids, corpus.Vocabulary.Count, 16);

        for (var word = 0; word < corpus.Vocabulary.Count; word++)
        {
            Assert.AreEqual(1.0, Dot([.. one[word]], [.. one[word]]), 1e-5, corpus.Vocabulary[word]);
            Assert.IsTrue(one[word].SequenceEqual(other[word]));
        }
    }

    [TestMethod]
    public void Words_used_alike_get_embeddings_alike()
    {
        // "red" and "blue" stand in the same places, "runs" and "sleeps" in others.
        var text = string.Concat(Enumerable.Repeat("a red house . a blue house . the dog runs fast . the dog sleeps fast . ", 10));
        var (corpus, embeddings, _) = Samples.Learn(text);

        var vocabulary = corpus.Vocabulary;
        Assert.AreEqual("blue", vocabulary[embeddings.Nearest(vocabulary.IdOf("red"), 1).Single()]);
        Assert.AreEqual("sleeps", vocabulary[embeddings.Nearest(vocabulary.IdOf("runs"), 1).Single()]);
    }

    [TestMethod]
    public void Probabilities_are_the_smoothed_counts_and_sum_to_1()
    {
        var (corpus, _, generator) = Samples.Learn();
        var vocabulary = corpus.Vocabulary;
        var (the, cat) = (vocabulary.IdOf("the"), vocabulary.IdOf("cat"));

        // "the" stands 4 times among 14 tokens, "cat" twice, both times after "the"; the weight of the frequencies is 5.
        Assert.AreEqual((2 + 5 * 2 / 14.0) / (4 + 5), generator.Probability(the, cat), 1e-12);
        Assert.AreEqual(5 * 2 / 14.0 / (2 + 5), generator.Probability(cat, cat), 1e-12);
        for (var previous = 0; previous < vocabulary.Count; previous++)
            Assert.AreEqual(1.0, Enumerable.Range(0, vocabulary.Count).Sum(next => generator.Probability(previous, next)), 1e-12);
    }

    [TestMethod]
    public void The_expected_embedding_is_the_sum_over_all_words_by_probability()
    {
        var (corpus, embeddings, generator) = Samples.Learn();
        for (var previous = 0; previous < corpus.Vocabulary.Count; previous++)
        {
            for (var i = 0; i < embeddings.Dimension; i++)
            {
                var expected = Enumerable.Range(0, corpus.Vocabulary.Count)
                    .Sum(next => generator.Probability(previous, next) * embeddings[next][i]);
                Assert.AreEqual(expected, generator.ExpectedNext(previous)[i], 1e-6);
            }
        }
    }

    [TestMethod]
    public void Where_nothing_comes_before_the_average_is_expected()
    {
        var (corpus, embeddings, generator) = Samples.Learn();
        for (var i = 0; i < embeddings.Dimension; i++)
            Assert.AreEqual(corpus.Ids.Average(id => (double)embeddings[id][i]), generator.Unconditional[i], 1e-6);
    }

    [TestMethod]
    public void The_likeliest_words_are_those_that_were_seen_to_follow()
    {
        var (corpus, _, generator) = Samples.Learn();
        var vocabulary = corpus.Vocabulary;
        string[] likeliest = [.. generator.LikeliestNext(vocabulary.IdOf("the"), 2).Select(id => vocabulary[id])];

        CollectionAssert.AreEquivalent(new[] { "cat", "dog" }, likeliest);
    }

    private static double Dot(double[] one, double[] other) => one.Zip(other).Sum(pair => pair.First * pair.Second);

    private static double Dot(float[] one, float[] other) => one.Zip(other).Sum(pair => pair.First * (double)pair.Second);
}
