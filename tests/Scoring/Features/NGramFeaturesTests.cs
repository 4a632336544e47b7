namespace MlNetNtd.Tests;

/// <summary>The features of <see cref="TokenFeatures.FromNGrams"/>, by counts that fit in one's head.</summary>
[TestClass]
public sealed class NGramFeaturesTests
{
    private const int Ids = 4;

    // Half of the tokens are 0. 1 has followed 0 twice and 2 once; 3 stands two behind a 0 once.
    private static readonly int[] Counted = [0, 1, 0, 2, 0, 1, 3, 0];

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Features_are_three_for_each_n_and_two_more(int n) =>
        Assert.AreEqual(3 * n + 2, TokenFeatures.FromNGrams([Counted], Ids, n).Count);

    [TestMethod]
    public void Log_probabilities_come_first_from_the_shortest_n_gram()
    {
        var features = Compute(n: 2, [0, 1]);

        Assert.AreEqual(Math.Log(Unigram(4)), features[0][0], 1e-5);
        Assert.AreEqual(features[0][0], features[0][1], "Nothing before it: the pair says what the token alone says.");
        Assert.AreEqual(Math.Log(Unigram(2)), features[1][0], 1e-5);
        // A discount of 0.75 on each of the two tokens that followed 0 goes to the lower order.
        Assert.AreEqual(Math.Log((2 - 0.75 + 0.75 * 2 * Unigram(2)) / 3), features[1][1], 1e-5);
    }

    [TestMethod]
    public void Pairs_with_a_gap_skip_one_token_then_two()
    {
        var features = Compute(n: 1, [0, 1, 3, 0]);

        // Two behind a 0 stand 0, 0 and 3; three behind it 2, 1 and 0.
        Assert.AreEqual(Math.Log((1 - 0.75 + 0.75 * 2 * Unigram(1)) / 3), features[2][1], 1e-5, "3, two behind 0");
        Assert.AreEqual(Math.Log((1 - 0.75 + 0.75 * 3 * Unigram(4)) / 3), features[3][2], 1e-5, "0, three behind 0");
        Assert.AreEqual(features[0][0], features[0][1], "Nothing before it.");
    }

    [TestMethod]
    public void Counts_are_of_the_tokens_before_it_and_of_it_behind_them()
    {
        var features = Compute(n: 3, [1, 0, 1]);

        // Behind five log-probabilities. 0 is followed three times, twice by 1; 1 0 once, by 2.
        CollectionAssert.AreEqual(Logs(3, 2, 1, 0), features[2][5..9]);
        CollectionAssert.AreEqual(Logs(2, 1, 0, 0), features[1][5..9], "1 is followed by 0 and by 3; no token stands before it.");
        CollectionAssert.AreEqual(Logs(0, 0, 0, 0), features[0][5..9]);
    }

    [TestMethod]
    public void Repetitions_are_counted_in_the_row()
    {
        var features = Compute(n: 1, [2, 2, 1, 2]);

        CollectionAssert.AreEqual(new float[] { 0, 0, 1, 1, 0, 0, 2, 0 }, features.SelectMany(token => token[^2..]).ToArray());
    }

    private static double Unigram(int count) => (count - 0.75 + 0.75 * 4 / Ids) / 8;

    private static float[] Logs(params int[] counts) => [.. counts.Select(count => MathF.Log(1 + count))];

    // The features of the real tokens of a row.
    private static float[][] Compute(int n, int[] row)
    {
        var features = TokenFeatures.FromNGrams([Counted], Ids, n);
        return [.. row.Select((token, position) =>
        {
            var values = new float[features.Count];
            features.Compute(row.AsSpan(0, position), token, values);
            return values;
        })];
    }
}
