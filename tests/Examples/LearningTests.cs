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
        var (vocabulary, ids) = Samples.ReadBook();
        var matrix = PpmiMatrix.Of(ids, vocabulary.Count, reach: 2);
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
        var (vocabulary, _, embeddings) = Samples.Learn(dimension: 20);

        Assert.AreEqual(20, embeddings.Dimension);
        for (var word = 0; word < vocabulary.Count; word++)
        {
            Assert.AreEqual(20, embeddings[word].Length);
            Assert.IsTrue(embeddings[word][vocabulary.Count..].IndexOfAnyExcept(0f) < 0);
        }
    }

    [TestMethod]
    public void Embeddings_have_length_1_and_are_the_same_each_time()
    {
        var (vocabulary, ids) = Samples.ReadBook();
        var one = Embeddings.Learn(ids, vocabulary.Count, 16);
        var other = Embeddings.Learn(ids, vocabulary.Count, 16);

        for (var word = 0; word < vocabulary.Count; word++)
        {
            Assert.AreEqual(1.0, Dot([.. one[word]], [.. one[word]]), 1e-5, vocabulary[word]);
            Assert.IsTrue(one[word].SequenceEqual(other[word]));
        }
    }

    [TestMethod]
    public void Words_used_alike_get_embeddings_alike()
    {
        // "red" and "blue" stand in the same places, "runs" and "sleeps" in others.
        var text = string.Concat(Enumerable.Repeat("a red house . a blue house . the dog runs fast . the dog sleeps fast . ", 10));
        var (vocabulary, _, embeddings) = Samples.Learn(text);

        Assert.AreEqual("blue", vocabulary[embeddings.Nearest(vocabulary.IdOf("red"), 1).Single()]);
        Assert.AreEqual("sleeps", vocabulary[embeddings.Nearest(vocabulary.IdOf("runs"), 1).Single()]);
    }

    private static double Dot(double[] one, double[] other) => one.Zip(other).Sum(pair => pair.First * pair.Second);

    private static double Dot(float[] one, float[] other) => one.Zip(other).Sum(pair => pair.First * (double)pair.Second);
}
