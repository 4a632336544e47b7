using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd.Tests;

/// <summary>The policy for rows that a scorer cannot score.</summary>
[TestClass]
public sealed class BadRowPolicyTests
{
    private const int Long = TokenRow.Tokens + 3;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(16)]
    public void Skip_scores_the_other_rows_and_warns_with_the_number_skipped(int batchSize)
    {
        var (context, warnings) = Context();
        using var scorer = Trainers.Untrained(context, options => (options.BatchSize, options.BadRowPolicy) = (batchSize, BadRowPolicy.Skip));
        var rows = Samples.Fixed(7);
        var expected = scorer.Scores(context, Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));
        Assert.IsEmpty(warnings);
        foreach (var bad in new[] { 2, 3, 6 })
            rows[bad].CurrentEmbeddings[5] = float.NaN;

        var found = scorer.Scores(context, Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));

        for (var i = 0; i < rows.Count; i++)
        {
            if (i is not (2 or 3 or 6))
            {
                Assert.AreEqual(expected[i].Score, found[i].Score, 1e-5f, $"Row {i}");
                continue;
            }

            Assert.IsTrue(float.IsNaN(found[i].Score) && float.IsNaN(found[i].Probability) && !found[i].PredictedLabel, $"Row {i}");
            Assert.HasCount(TokenRow.Tokens, found[i].TokenScores);
            Assert.IsTrue(Array.TrueForAll(found[i].TokenScores, float.IsNaN), $"Row {i}");
        }

        Assert.Contains(
            "3 of 7 rows cannot be scored, so their scores are NaN (BadRowPolicy = Skip). The first: Column 'CurrentEmbeddings', row 2: expected finite values",
            warnings[^1]);
    }

    /// <summary>A block of which no row can be scored has nothing to compute.</summary>
    [TestMethod]
    public void Rows_that_are_all_bad_are_all_skipped()
    {
        var (context, _) = Context();
        using var scorer = Trainers.Untrained(context, options => (options.BatchSize, options.BadRowPolicy) = (2, BadRowPolicy.Skip));
        var rows = Samples.Fixed(3);
        rows.ForEach(row => row.CurrentEmbeddings[0] = float.NaN);

        Assert.IsTrue(scorer.Scores(context, Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows))).TrueForAll(row => float.IsNaN(row.Score)));
    }

    /// <summary>The transform finds many of the bad rows; the scorer skips them as its own.</summary>
    [TestMethod]
    public void Skip_covers_the_rows_that_the_transform_refuses()
    {
        var (context, warnings) = Context();
        using var scorer = Trainers.Untrained(context, options => options.BadRowPolicy = BadRowPolicy.Skip);
        var rows = Samples.Free(4, maxTokens: 3);
        rows[1].CurrentEmbeddings = [1];
        var model = Chain(context, scorer, maxTokens: Long);
        using var pool = context.CreatePredictionPool<TrainingRow, Scores>(model);

        Assert.IsTrue(float.IsNaN(pool.Predict(rows[1]).Score));
        var found = pool.PredictBatch(rows);

        Assert.AreEqual("0100", string.Concat(found.Select(row => float.IsNaN(row.Score) ? 1 : 0)));
        Assert.IsEmpty(found[1].TokenScores);
        Assert.Contains("1 of 1 rows so far cannot be scored", warnings[0]);
    }

    /// <summary>An engine that is never disposed says it all the same, without a line a row.</summary>
    [TestMethod]
    public void Prediction_engine_warns_at_1_10_100_and_so_on_skipped_rows()
    {
        var (context, warnings) = Context();
        using var scorer = Trainers.Untrained(context, options => options.BadRowPolicy = BadRowPolicy.Skip);
        using var pool = context.CreatePredictionPool<TokenRow, Scores>(context.Transforms.NextTokenDiscriminator().Fit(Samples.View(context, 1)).Append(scorer));
        var bad = Samples.Fixed(1)[0];
        bad.CurrentEmbeddings[0] = float.NaN;
        for (var i = 0; i < 25; i++)
            pool.Predict(bad);

        Assert.HasCount(2, warnings);
        Assert.Contains("10 of 10 rows so far cannot be scored", warnings[1]);
    }

    [TestMethod]
    [DataRow(BadRowPolicy.Truncate, 1)]
    [DataRow(BadRowPolicy.Truncate, 16)]
    [DataRow(BadRowPolicy.TruncateOrSkip, 16)]
    public void Truncate_scores_the_first_tokens_of_a_row_that_is_too_long(BadRowPolicy policy, int batchSize)
    {
        var (context, warnings) = Context();
        using var scorer = Trainers.Untrained(context, options => (options.BatchSize, options.BadRowPolicy) = (batchSize, policy));
        var rows = Samples.Free(9, Long);
        var cut = rows.ConvertAll(row => new TrainingRow { PreviousEmbeddings = Cut(row.PreviousEmbeddings), CurrentEmbeddings = Cut(row.CurrentEmbeddings) });
        var tooLong = rows.Count(row => row.CurrentEmbeddings.Length > TokenRow.Tokens * TokenRow.Dimension);
        Assert.IsTrue(tooLong is > 0 and < 9, $"{tooLong}");
        var model = Chain(context, scorer, maxTokens: Long);

        var found = model.Scores(context, context.Data.LoadFromEnumerable(rows));

        Expect.Close(model.Scores(context, context.Data.LoadFromEnumerable(cut)), found);
        Assert.Contains($"{tooLong} of 9 rows are longer than {TokenRow.Tokens} tokens (MaxTokens), so only those are scored (BadRowPolicy = {policy})", warnings[^1]);
    }

    /// <summary>A mask that is not the rule's is cut with the row.</summary>
    [TestMethod]
    public void Truncate_cuts_a_custom_mask()
    {
        var (context, _) = Context();
        using var scorer = Trainers.Untrained(context, options => options.BadRowPolicy = BadRowPolicy.Truncate);
        // Every query may attend the first token of the context, besides what the rule lets it attend; none may attend the second one.
        static bool[] Mask(int tokens) => [.. Enumerable.Range(0, 4 * tokens * tokens).Select(i =>
            (i / (2 * tokens), i % (2 * tokens)) is var (query, key) && key != query && (key == 1 || (key != 0 && NextTokenMask.IsBlocked(query, key, tokens))))];
        var random = new Random(1);
        var (context1, candidates) = (Samples.Values(random, Long * TokenRow.Dimension), Samples.Values(random, Long * TokenRow.Dimension));
        MaskedRow[] rows =
        [
            new() { Combined = [.. context1, .. candidates], Mask = Mask(Long) },
            new() { Combined = [.. Cut(context1), .. Cut(candidates)], Mask = Mask(TokenRow.Tokens) },
        ];

        var found = scorer.Scores(context, Typed(context, rows));

        Expect.Close(found[1].TokenScores, found[0].TokenScores);
    }

    [TestMethod]
    public void Truncate_refuses_every_other_bad_row_and_TruncateOrSkip_skips_it()
    {
        var (context, _) = Context();
        var rows = Samples.Free(3, maxTokens: 3);
        rows[1].CurrentEmbeddings[0] = float.NaN;
        using var truncating = Trainers.Untrained(context, options => options.BadRowPolicy = BadRowPolicy.Truncate);
        using var skipping = truncating.WithBadRowPolicy(BadRowPolicy.TruncateOrSkip);

        Expect.Error<InvalidRowException>(
            () => Chain(context, truncating, Long).Scores(context, context.Data.LoadFromEnumerable(rows)), "Column 'CurrentEmbeddings', row 1: expected finite values");
        var found = Chain(context, skipping, Long).Scores(context, context.Data.LoadFromEnumerable(rows));

        Assert.AreEqual("010", string.Concat(found.Select(row => float.IsNaN(row.Score) ? 1 : 0)));
    }

    /// <summary>Where the type says that rows are longer than can be scored.</summary>
    [TestMethod]
    public void Truncate_takes_columns_whose_type_is_longer_and_pads_the_scores_to_it()
    {
        var (context, _) = Context();
        using var scorer = Trainers.Untrained(context, options => (options.MaskColumnName, options.BadRowPolicy) = ("", BadRowPolicy.Truncate));
        var view = context.Data.LoadFromEnumerable(new[] { new LongRow() });

        var found = scorer.Scores(context, view)[0];

        Assert.HasCount(Long, found.TokenScores);
        Assert.AreEqual(TokenRow.Tokens, found.TokenScores.Count(float.IsFinite));
        Assert.Throws<ArgumentOutOfRangeException>(() => scorer.WithBadRowPolicy(BadRowPolicy.Error).Transform(view));
    }

    [TestMethod]
    public void Training_stops_at_a_bad_row_with_any_policy()
    {
        var (context, _) = Context();
        var rows = Samples.Fixed(10);
        rows[4].CurrentEmbeddings[0] = float.NaN;
        foreach (var policy in Enum.GetValues<BadRowPolicy>())
        {
            Expect.Error<InvalidRowException>(
                () => Trainers.Small(context, options => options.BadRowPolicy = policy).Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows))), "row 4");
        }
    }

    [TestMethod]
    public void Policy_is_saved_and_can_be_changed_in_a_loaded_model()
    {
        var (context, _) = Context();
        using var scorer = Trainers.Untrained(context, options => (options.BadRowPolicy, options.PadTokenScores, options.TokenProbabilities) = (BadRowPolicy.TruncateOrSkip, false, true));
        using var file = new MemoryStream();
        context.Model.Save(Chain(context, scorer, Long), null, file);

        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(file, out _);
        var found = (NextTokenDiscriminatorScorer)loaded.LastTransformer;
        using var strict = found.WithBadRowPolicy(BadRowPolicy.Error).WithPadTokenScores(true).WithTokenProbabilities(false);

        Assert.AreEqual((BadRowPolicy.TruncateOrSkip, false, true), (found.BadRowPolicy, found.PadTokenScores, found.TokenProbabilities));
        Assert.AreEqual((BadRowPolicy.Error, true, false), (strict.BadRowPolicy, strict.PadTokenScores, strict.TokenProbabilities));
        Expect.SameWeights(scorer.Weights(), strict.Weights());
        var rows = Samples.Free(2, maxTokens: 2);
        rows[1].CurrentEmbeddings[0] = float.NaN;
        Assert.HasCount(2, loaded.Scores(context, context.Data.LoadFromEnumerable(rows)));
        Expect.Error<InvalidRowException>(
            () => new TransformerChain<ITransformer>([.. loaded.SkipLast(1), strict]).Scores(context, context.Data.LoadFromEnumerable(rows)), "row 1");
        Expect.Error<ArgumentException>(() => found.WithBadRowPolicy((BadRowPolicy)4), "BadRowPolicy: expected one of Error, Skip, Truncate, TruncateOrSkip, found 4");
    }

    [TestMethod]
    public void Evaluations_leave_skipped_rows_out()
    {
        var (context, warnings) = Context();
        using var scorer = Trainers.Untrained(context, options => options.BadRowPolicy = BadRowPolicy.Skip);
        var rows = Samples.Fixed(20);
        var good = Samples.Fixed(20).Where((_, i) => i is not (3 or 8)).ToList();
        (rows[3].CurrentEmbeddings[0], rows[8].CurrentEmbeddings[0]) = (float.NaN, float.NaN);
        var (all, some) = (Scored(rows), Scored(good));

        Assert.AreEqual(context.BinaryClassification.Evaluate(some).AreaUnderRocCurve, context.BinaryClassification.Evaluate(all).AreaUnderRocCurve, 1e-9);
        Assert.AreEqual(context.BinaryClassification.EvaluateTokens(some).All, context.BinaryClassification.EvaluateTokens(all).All);
        Assert.HasCount(1, warnings.FindAll(line => line.Contains("2 of 20 rows have no token score in column 'TokenScores' and are not counted.")));

        IDataView Scored(List<TokenRow> list) => scorer.Transform(Trainers.Transformed(context, context.Data.LoadFromEnumerable(list)));
    }

    private static (MLContext Context, List<string> Warnings) Context()
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning && !e.Message.Contains("instances with NaN"))
                warnings.Add(e.RawMessage);
        };
        return (context, warnings);
    }

    private static TransformerChain<NextTokenDiscriminatorScorer> Chain(MLContext context, NextTokenDiscriminatorScorer scorer, int maxTokens) =>
        context.Transforms.NextTokenDiscriminator(embeddingDimension: TokenRow.Dimension, maxTokens: maxTokens)
            .Fit(context.Data.LoadFromEnumerable(new List<TrainingRow>())).Append(scorer);

    private static IDataView Typed(MLContext context, IEnumerable<MaskedRow> rows)
    {
        var definition = SchemaDefinition.Create(typeof(MaskedRow));
        definition["Combined"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 0, TokenRow.Dimension);
        return context.Data.LoadFromEnumerable(rows, definition);
    }

    private static float[] Cut(float[] values) => [.. values.Take(TokenRow.Tokens * TokenRow.Dimension)];

    public sealed class MaskedRow
    {
        public float[] Combined { get; set; } = [];

        public bool[] Mask { get; set; } = [];
    }

    public sealed class LongRow
    {
        [VectorType(2 * Long, TokenRow.Dimension)]
        public float[] Combined { get; set; } = new float[2 * Long * TokenRow.Dimension];
    }
}
