namespace MlNetNtd.Tests;

/// <summary>Values that overflow in the network give scores of NaN, never scores that look right, on vectors of every width.</summary>
[TestClass]
public sealed class OverflowTests
{
    private const int Tokens = 9;
    private const int Dimension = 5;
    private const float Huge = 1e30f;

    public static IEnumerable<string> Widths => VectorWidths.Names;

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Candidate_that_overflows_has_no_score_and_the_others_keep_theirs(string width)
    {
        var (context, candidates) = (Values(1), Values(2));
        var expected = Score(width, context, candidates);
        for (var token = 0; token < Tokens; token++)
        {
            var found = Score(width, context, With(candidates, token));

            Assert.IsTrue(float.IsNaN(found[token]), $"token {token}: {found[token]}");
            found[token] = expected[token];
            Expect.SameBits(expected, found, $"Token {token}.");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Candidates_that_see_an_overflowing_real_token_have_no_score(string width)
    {
        var (context, candidates) = (Values(1), Values(2));
        var expected = Score(width, context, candidates);
        for (var position = 0; position < Tokens; position++)
        {
            var found = Score(width, With(context, position), candidates);

            for (var token = 0; token < Tokens; token++)
                Assert.IsTrue(float.IsNaN(found[token]) || (token < position && found[token] == expected[token]), $"position {position}, token {token}: {found[token]}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Sequence_that_overflows_leaves_its_neighbors_as_they_are(string width)
    {
        var scorer = Scorer(width);
        var combined = Sequences.Values(new Random(3), 3 * 2 * Tokens * Dimension);
        int[] lengths = [Tokens, Tokens, 4];
        var (expected, found) = (new float[3 * Tokens], new float[3 * Tokens]);
        scorer.ScoreCombinedBatch(combined, lengths, expected);
        combined[2 * Tokens * Dimension] = Huge;

        scorer.ScoreCombinedBatch(combined, lengths, found);

        Assert.IsTrue(found[Tokens..(2 * Tokens)].All(float.IsNaN));
        Expect.SameBits(expected.AsSpan(0, Tokens), found.AsSpan(0, Tokens));
        Expect.SameBits(expected.AsSpan(2 * Tokens), found.AsSpan(2 * Tokens));
    }

    private static float[] Values(int seed) => Sequences.Values(new Random(seed), Tokens * Dimension);

    private static float[] With(float[] values, int token)
    {
        float[] changed = [.. values];
        changed[token * Dimension] = Huge;
        return changed;
    }

    private static float[] Score(string width, float[] context, float[] candidates)
    {
        var logits = new float[Tokens];
        Scorer(width).ScoreCombined([.. context, .. candidates], logits);
        return logits;
    }

    private static TokenScorer Scorer(string width) => new(
        StateDictionary.Initialize(new DiscriminatorConfig { EmbeddingDimension = Dimension, MaxTokens = Tokens, ModelDimension = 12, Heads = 3 }.Resolve(), seed: 1),
        initialEmbedding: null, threads: 1, Enum.Parse<VectorWidth>(width));
}
