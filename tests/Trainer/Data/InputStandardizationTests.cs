using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd.Tests;

/// <summary>Means and spreads of the first reading, and the conversion of weights between the scale of the data and that of training.</summary>
[TestClass]
public sealed class InputStandardizationTests
{
    private static readonly IHostEnvironment Env = new MLContext(seed: 1);

    [TestMethod]
    public void Moments_are_those_of_real_tokens_by_weight() => Property.Check(
        from dimension in Gen.Choose(1, 5)
        from shift in Gen.Elements(0f, 3f, -1000f)
        from seed in Gen.Choose(0, 1000)
        select (dimension, shift, seed),
        one =>
        {
            var rows = Rows(one.dimension, one.shift, one.seed);
            var statistics = new InputStatistics();
            rows.ForEach(statistics.Add);

            var tokens = rows.SelectMany(Tokens).ToArray();
            var weight = tokens.Sum(token => (double)token.Weight);
            Assert.AreEqual(weight, statistics.Moments.Weight, 1e-9 * weight);
            for (var i = 0; i < one.dimension; i++)
            {
                var mean = tokens.Sum(token => (double)token.Weight * token.Values[i]) / weight;
                Assert.AreEqual(mean, statistics.Moments.Mean[i], 1e-9 * (1 + Math.Abs(mean)));
                var deviations = tokens.Sum(token => token.Weight * Math.Pow(token.Values[i] - mean, 2));
                Assert.AreEqual(deviations, statistics.Moments.SquaredDeviations[i], 1e-6 * deviations + 1e-12);
                Assert.AreEqual((tokens.Min(token => token.Values[i]), tokens.Max(token => token.Values[i])), (statistics.Moments.Lowest[i], statistics.Moments.Highest[i]));
            }
        });

    /// <summary>The last bits of the sums depend on the division, those of mean and spread do not.</summary>
    [TestMethod]
    public void Processes_agree_with_one_process_on_mean_and_spread() => Property.Check(
        from processes in Gen.Choose(1, 5)
        from shift in Gen.Elements(0f, 100f)
        from seed in Gen.Choose(0, 1000)
        select (processes, shift, seed),
        one =>
        {
            var rows = Rows(3, one.shift, one.seed);
            var parts = Enumerable.Range(0, one.processes).Select(_ => new InputStatistics()).ToArray();
            var whole = new InputStatistics();
            for (var i = 0; i < rows.Count; i++)
            {
                whole.Add(rows[i]);
                parts[i % one.processes].Add(rows[i]);
            }

            var expected = InputStandardization.Create(Env, "Combined", whole.Moments);
            var found = InputStandardization.Create(Env, "Combined", InputMoments.Merge(parts.Select(part => part.Moments)));
            CollectionAssert.AreEqual(expected.Mean.ToArray(), found.Mean.ToArray());
            CollectionAssert.AreEqual(expected.Spread.ToArray(), found.Spread.ToArray());
        });

    [TestMethod]
    public void Folded_weights_score_rows_as_the_others_score_standardized_rows() => Property.Check(
        from learnsInitialEmbedding in Gen.Elements(true, false)
        from scale in Gen.Elements(0.01f, 1f, 300f)
        from shift in Gen.Elements(0f, 5f, -100f)
        from seed in Gen.Choose(0, 1000)
        select (learnsInitialEmbedding, scale, shift, seed),
        one =>
        {
            var rows = Rows(4, one.shift, one.seed);
            rows.ForEach(row => Scale(row, one.scale));
            var statistics = new InputStatistics();
            rows.ForEach(statistics.Add);
            var standardization = InputStandardization.Create(Env, "Combined", statistics.Moments);
            var config = new DiscriminatorConfig { EmbeddingDimension = 4, MaxTokens = 8, ModelDimension = 8, Layers = 1, LearnInitialEmbedding = one.learnsInitialEmbedding }.Resolve();
            var weights = StateDictionary.Initialize(config, one.seed);

            var folded = Score(standardization.Fold(weights), rows);
            var unfolded = Score(standardization.Unfold(standardization.Fold(weights)), rows.ConvertAll(row => standardization.Apply(row with { Values = [.. row.Values] })));
            var expected = Score(weights, rows.ConvertAll(row => standardization.Apply(row with { Values = [.. row.Values] })));

            Expect.Close(expected, folded, 1e-3);
            Expect.Close(expected, unfolded, 1e-3);
        });

    /// <summary>Noise in a dimension that hardly changes is not blown up to the size of what the others say.</summary>
    [TestMethod]
    public void Dimension_of_tiny_spread_is_enlarged_up_to_a_bound()
    {
        var random = new Random(1);
        var statistics = new InputStatistics();
        for (var i = 0; i < 100; i++)
            statistics.Add(Change(Row(random, 3, 3, shift: 0)));

        var spread = InputStandardization.Create(Env, "Combined", statistics.Moments).Spread;

        Assert.AreEqual(1e-4, spread[1] / spread[0], 5e-5);
        Assert.AreEqual(spread[0], spread[2], 0.1 * spread[0]);

        static SequenceRow Change(SequenceRow row)
        {
            for (var i = 1; i < row.Values.Length; i += 3)
                row.Values[i] *= 1e-8f;
            return row;
        }
    }

    private static float[] Score(StateDictionary weights, List<SequenceRow> rows)
    {
        using var scorer = new ManagedRowScorer(Env, weights);
        return [.. scorer.Score(rows).SelectMany(scores => scores.Tokens)];
    }

    private static void Scale(SequenceRow row, float scale)
    {
        foreach (ref var value in row.Values.AsSpan())
            value *= scale;
    }

    private static IEnumerable<(float Weight, float[] Values)> Tokens(SequenceRow row) =>
        Enumerable.Range(1, row.Tokens - 1).Concat(Enumerable.Range(row.PaddedTokens, row.Tokens))
            .Select(position => (row.Weight, row.Values[(position * row.Dimension)..((position + 1) * row.Dimension)]));

    private static List<SequenceRow> Rows(int dimension, float shift, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 20).Select(_ => Row(random, dimension, random.Next(1, 6), shift))];
    }

    // The initial embedding and padding are far away: they must not count.
    private static SequenceRow Row(Random random, int dimension, int tokens, float shift)
    {
        var padded = tokens + random.Next(3);
        var values = Samples.Values(random, 2 * padded * dimension);
        for (var i = 0; i < values.Length; i++)
        {
            var position = i / dimension;
            values[i] = position == 0 || position % padded >= tokens && position != padded ? 1e6f : values[i] + shift;
        }

        return new SequenceRow(values, padded, null, tokens, [random.Next(2) == 0], 0.5f + random.Next(3));
    }
}
