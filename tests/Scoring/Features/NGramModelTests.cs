using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The n-gram models that draw candidates and give features.</summary>
[TestClass]
public sealed class NGramModelTests
{
    private const int Vocabulary = 5;

    private static readonly Gen<(int[][] Documents, int[] Context, int Gap)> Cases =
        from documents in Gen.Choose(0, Vocabulary - 1).ArrayOf(12).ListOf(3)
        from context in Gen.Choose(0, Vocabulary - 1).ArrayOf(4)
        from length in Gen.Choose(0, 4)
        from gap in Gen.Choose(0, 2)
        select (documents.ToArray(), context[..length], gap);

    [TestMethod]
    public void Probabilities_of_all_tokens_sum_to_one_under_each_order() => Property.Check(Cases, test =>
    {
        var model = new NGramModel(test.Documents, Vocabulary, order: 3, test.Gap);
        var sums = new double[3];
        var logarithms = new float[3];
        for (var token = 0; token < Vocabulary; token++)
        {
            model.GetLogProbabilities(test.Context, token, logarithms);
            for (var order = 0; order < sums.Length; order++)
                sums[order] += Math.Exp(logarithms[order]);
        }

        foreach (var sum in sums)
            Assert.AreEqual(1, sum, 1e-5);
    });

    [TestMethod]
    public void Draws_have_the_frequencies_of_the_probabilities()
    {
        int[][] documents = [[0, 1, 2, 0, 1, 3, 0, 1, 2, 4, 0, 2, 1]];
        int[] context = [0, 1];
        var model = new NGramModel(documents, Vocabulary, order: 3);
        var random = new Random(1);
        const int draws = 100_000;
        var counts = new int[Vocabulary];
        for (var i = 0; i < draws; i++)
            counts[model.Draw(context, random)]++;

        var logarithms = new float[3];
        for (var token = 0; token < Vocabulary; token++)
        {
            model.GetLogProbabilities(context, token, logarithms);
            Assert.AreEqual(Math.Exp(logarithms[2]), (double)counts[token] / draws, 0.006, $"token {token}");
        }
    }

    [TestMethod]
    public void Model_with_a_gap_does_not_see_the_tokens_in_it()
    {
        var model = new NGramModel([[0, 1, 2, 0, 3, 2, 0, 4, 2]], Vocabulary, order: 2, gap: 1);
        var (one, other) = (new float[2], new float[2]);
        model.GetLogProbabilities([0, 1], 2, one);
        model.GetLogProbabilities([0, 4], 2, other);

        Assert.AreEqual(one[1], other[1]);
    }

    [TestMethod]
    public void Counts_and_probabilities_are_those_of_a_scan() => Property.Check(Cases, test =>
    {
        var model = new NGramModel(test.Documents, Vocabulary, order: 4, test.Gap);
        var (logarithms, counts) = (new float[4], new NGramCount[4]);
        for (var token = 0; token < Vocabulary; token++)
        {
            model.GetLogProbabilities(test.Context, token, logarithms, counts);
            var probability = 1.0 / Vocabulary;
            for (var length = 0; length < 4; length++)
            {
                int[] followers = [.. test.Documents.SelectMany(document => FindFollowers(document, test.Context, length, test.Gap))];
                var count = followers.Count(follower => follower == token);
                if (followers.Length > 0)
                    probability = (Math.Max(0, count - 0.75) + 0.75 * followers.Distinct().Count() * probability) / followers.Length;

                Assert.AreEqual(new NGramCount(followers.Length, count), counts[length], $"token {token}, context of {length}");
                Assert.AreEqual(Math.Log(probability), logarithms[length], 1e-6, $"token {token}, context of {length}");
            }
        }
    });

    // The tokens of a document that follow the last tokens of the context, after a gap.
    private static IEnumerable<int> FindFollowers(int[] document, int[] context, int length, int gap)
    {
        if (length == 0)
            return document;
        if (context.Length < length + gap)
            return [];
        var wanted = context[^(length + gap)..^gap];
        return Enumerable.Range(0, Math.Max(0, document.Length - length - gap)).Where(i => document.AsSpan(i, length).SequenceEqual(wanted)).Select(i => document[i + length + gap]);
    }

    [TestMethod]
    public void Draws_cover_each_occurrence_of_each_follower()
    {
        // A random number generator that is asked for 0, 1, 2, ... of an order without discount: each occurrence once.
        var model = new NGramModel([[4, 1, 1, 3, 1, 4]], Vocabulary, order: 1);
        var drawn = Enumerable.Range(0, 6).Select(index => model.Draw([], new FixedRandom(index))).ToArray();

        CollectionAssert.AreEqual(new[] { 1, 1, 1, 3, 4, 4 }, drawn);
    }

    private sealed class FixedRandom(int index) : Random
    {
        public override int Next(int maxValue) => index;

        public override double NextDouble() => 1;
    }
}
