using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary><see cref="TokenScorer"/> with several candidates of each token.</summary>
[TestClass]
public sealed class SeveralCandidatesTests
{
    private const int Dimension = 5;

    [TestMethod]
    public void Candidates_together_have_the_bits_of_each_set_alone() => Property.Check(
        from lengths in Gen.Choose(1, 14).NonEmptyListOf()
        from candidates in Gen.Choose(1, 9)
        from heads in Gen.Choose(1, 3)
        from size in Gen.Choose(4, 20)
        from layers in Gen.Choose(1, 3)
        from width in Gen.Elements(Enum.GetValues<VectorWidth>())
        from seed in Gen.Choose(0, 1000)
        select (Lengths: lengths.Take(4).ToArray(), candidates, heads, size, layers, width, seed),
        one =>
        {
            var scorer = Scorer(one.heads * one.size, one.heads, one.layers, one.width, one.seed);
            var padded = one.Lengths.Max() + 1;
            var random = new Random(one.seed);
            var rows = one.Lengths.Length;
            var real = Sequences.Values(random, rows * padded * Dimension);
            var all = Sequences.Values(random, rows * padded * one.candidates * Dimension);

            var together = new float[rows * padded * one.candidates];
            scorer.ScoreBatch(real, all, one.Lengths, together, one.candidates);

            for (var k = 0; k < one.candidates; k++)
            {
                var alone = new float[rows * padded];
                scorer.ScoreBatch(real, Take(all, one.candidates, k, Dimension), one.Lengths, alone);
                Expect.SameBits(alone, Take(together, one.candidates, k, 1), $"Set {k} of {one}");
            }
        });

    [TestMethod]
    public void Combined_sequences_have_the_same_logits()
    {
        var scorer = Scorer(16, 2, 2, null, 1);
        var random = new Random(1);
        var (real, candidates) = (Sequences.Values(random, 3 * Dimension), Sequences.Values(random, 3 * 4 * Dimension));
        var (expected, found) = (new float[12], new float[12]);

        scorer.Score(real, candidates, expected, candidatesPerToken: 4);
        scorer.ScoreCombined([.. new float[Dimension], .. real[..(2 * Dimension)], .. candidates], found, candidatesPerToken: 4);

        Expect.SameBits(expected, found);
    }

    [TestMethod]
    public void Lengths_and_values_that_do_not_fit_are_errors_that_name_them()
    {
        var scorer = Scorer(16, 2, 1, null, 1);
        var values = new float[2 * 3 * 2 * Dimension];
        values[7 * Dimension] = float.NaN;

        Assert.StartsWith(
            "logits: expected a multiple of 6 values, the number of sequences times 3 candidates, found 7.",
            Assert.ThrowsExactly<ArgumentException>(() => scorer.ScoreBatch([], [], [1, 1], new float[7], 3)).Message);
        Assert.StartsWith(
            $"candidates: expected {3 * 2 * Dimension} values, (1, 6, {Dimension}), found {Dimension}.",
            Assert.ThrowsExactly<ArgumentException>(() => scorer.ScoreBatch(new float[2 * Dimension], new float[Dimension], [2], new float[6], 3)).Message);
        Assert.StartsWith(
            "combined: expected finite values, found NaN in sequence 0, position 7, dimension 0.",
            Assert.ThrowsExactly<ArgumentException>(() => scorer.ScoreCombinedBatch(values, [3], new float[9], 3)).Message);
        Assert.StartsWith(
            "candidatesPerToken: expected 1 to 1024 candidates, found 0.",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => scorer.Score([], [], [], 0)).Message);
    }

    private static TokenScorer Scorer(int width, int heads, int layers, VectorWidth? vectors, int seed) => new(
        StateDictionary.Initialize(new DiscriminatorConfig { EmbeddingDimension = Dimension, MaxTokens = 16, ModelDimension = width, Heads = heads, Layers = layers }.Resolve(), seed),
        initialEmbedding: null, threads: 2, vectors);

    // Set k of (.., K, size).
    private static float[] Take(float[] values, int candidates, int k, int size) =>
        [.. values.Chunk(candidates * size).SelectMany(token => token.Skip(k * size).Take(size))];
}
