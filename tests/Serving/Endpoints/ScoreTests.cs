namespace MlNetNtd.Serving.Tests;

/// <summary>POST /score gives each word of a text its score.</summary>
[TestClass]
public sealed class ScoreTests
{
    private const float Tolerance = 1e-5f;

    [TestMethod]
    public async Task Words_get_the_scores_of_the_scorer_and_their_places_in_the_text()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        var scores = await server.ScoreAsync(" One two—\"FIVE\", six.");

        CollectionAssert.AreEqual((string[])["One", "two", "FIVE", ",", "six", "."], scores.Words.Select(word => word.Text).ToArray());
        CollectionAssert.AreEqual((int[])[1, 5, 10, 15, 17, 20], scores.Words.Select(word => word.Start).ToArray());
        AssertProbabilities(ModelFolder.Score(seed: 1, "one", "two", "five", ",", "six", "."), scores.Words);
        Assert.IsTrue(scores.Words.All(word => word.Known));
    }

    [TestMethod]
    public async Task Word_that_counts_on_scores_above_a_word_that_does_not()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        var right = await server.ScoreAsync("two three four five");
        var wrong = await server.ScoreAsync("two three four two");

        Assert.IsGreaterThan(wrong.Words[3].Probability!.Value, right.Words[3].Probability!.Value);
    }

    [TestMethod]
    public async Task Score_of_a_word_does_not_depend_on_the_words_after_it()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        var one = await server.ScoreAsync("three four one");
        var other = await server.ScoreAsync("three four six . two zebra");

        AssertProbabilities([.. one.Words[..2].Select(word => word.Probability!.Value)], other.Words[..2]);
    }

    [TestMethod]
    public async Task Unknown_word_is_marked_and_has_no_score_and_stands_as_the_unknown_word_before_others()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        var scores = await server.ScoreAsync("one zebra three");

        CollectionAssert.AreEqual((bool[])[true, false, true], scores.Words.Select(word => word.Known).ToArray());
        Assert.IsNull(scores.Words[1].Probability);
        Assert.AreEqual(ModelFolder.Score(seed: 1, "one", Vocabulary.UnknownWord, "three")[2], scores.Words[2].Probability!.Value, Tolerance);
    }

    [TestMethod]
    [DataRow(ModelFolder.MaxTokens)]
    [DataRow(ModelFolder.MaxTokens + 1)]
    [DataRow(3 * ModelFolder.MaxTokens + 2)]
    public async Task Word_behind_the_first_window_is_scored_given_half_a_window_of_words_at_least(int words)
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        string[] names = ["one", "two", "three", "four", "five", "six"];
        string[] text = [.. Enumerable.Range(0, words).Select(i => names[i * i % names.Length])];

        var scores = await server.ScoreAsync(string.Join(' ', text));

        const int half = ModelFolder.MaxTokens / 2;
        for (var i = 0; i < words; i++)
        {
            var start = i < ModelFolder.MaxTokens ? 0 : (i - half) / half * half;
            var expected = ModelFolder.Score(seed: 1, text[start..(i + 1)])[^1];
            Assert.AreEqual(expected, scores.Words[i].Probability!.Value, Tolerance, $"word {i}");
        }
    }

    private static void AssertProbabilities(float[] expected, ScoredWord[] words)
    {
        Assert.HasCount(expected.Length, words);
        foreach (var (probability, word) in expected.Zip(words))
            Assert.AreEqual(probability, word.Probability!.Value, Tolerance, word.Text);
    }
}
