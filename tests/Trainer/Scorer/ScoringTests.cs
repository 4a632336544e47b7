using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The output columns and their use by ML.NET.</summary>
[TestClass]
public sealed class ScoringTests
{
    [TestMethod]
    public void Score_columns_follow_from_the_token_scores()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 20));
        using var scorer = Trainers.Fit(context);

        foreach (var row in scorer.Scores(context, view))
        {
            Assert.HasCount(TokenRow.Tokens, row.TokenScores);
            Assert.AreEqual(row.TokenScores.Average(), row.Score, 1e-5f);
            Assert.AreEqual(1 / (1 + MathF.Exp(-row.Score)), row.Probability, 1e-5f);
            Assert.AreEqual(row.Score > 0, row.PredictedLabel);
        }
    }

    [TestMethod]
    public void Evaluate_reads_the_score_columns()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context, options => options.Epochs = 6, rows: 100);
        var scored = scorer.Transform(Trainers.Transformed(context, Samples.View(context, 60, seed: 5)));

        var metrics = context.BinaryClassification.Evaluate(scored);

        var rows = context.Data.CreateEnumerable<Scores>(scored, reuseRowObject: false).ToList();
        var labels = Samples.Fixed(60, seed: 5).ConvertAll(row => row.Label);
        var right = rows.Where((row, i) => row.PredictedLabel == labels[i]).Count();
        var wins = rows.Where((_, i) => labels[i]).Sum(row => rows.Where((_, i) => !labels[i]).Count(other => row.Score > other.Score));
        Assert.AreEqual(right / 60.0, metrics.Accuracy, 1e-6);
        Assert.AreEqual(wins / (30.0 * 30), metrics.AreaUnderRocCurve, 1e-6);
        Assert.IsGreaterThan(0.9, metrics.AreaUnderRocCurve);
        // ML.NET's log-loss is in bits.
        var loss = rows.Select((row, i) => -Math.Log2(labels[i] ? row.Probability : 1 - row.Probability)).Average();
        Assert.AreEqual(loss, metrics.LogLoss, 1e-3);
    }

    [TestMethod]
    public void CrossValidate_fits_and_scores_each_fold()
    {
        var context = new MLContext(seed: 1);
        var pipeline = context.Transforms.NextTokenDiscriminator().Append(Trainers.Small(context, options => options.Epochs = 6));

        var folds = context.BinaryClassification.CrossValidate(Samples.View(context, 120), pipeline, numberOfFolds: 3);

        // What the context's seed draws.
        var sizes = folds.Select(fold => context.Data.CreateEnumerable<Scores>(fold.ScoredHoldOutSet, reuseRowObject: false).Count()).ToArray();
        CollectionAssert.AreEqual(new[] { 42, 36, 42 }, sizes, string.Join(", ", sizes));
        foreach (var fold in folds)
            Assert.IsGreaterThan(0.8, fold.Metrics.AreaUnderRocCurve, $"Fold {fold.Fold}");
    }

    [TestMethod]
    public void Prediction_engine_scores_like_the_view()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.Fixed(10);
        var model = context.Transforms.NextTokenDiscriminator().Append(Trainers.Small(context)).Fit(Samples.View(context, 40));
        using var engine = context.Model.CreatePredictionEngine<TokenRow, Scores>(model);

        Expect.Close(model.Scores(context, context.Data.LoadFromEnumerable(rows)), rows.ConvertAll(engine.Predict));
    }

    [TestMethod]
    public void Other_columns_pass_through_the_batch_cursor()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.Free(10, maxTokens: 4);
        var view = Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
        using var scorer = Trainers.Small(context, options => options.BatchSize = 4).Fit(view);
        var scored = scorer.Transform(view);
        var expected = scorer.Scores(context, view);

        using var cursor = scored.GetRowCursor(scored.Schema);
        var (number, current) = (cursor.GetGetter<int>(scored.Schema["Number"]), cursor.GetGetter<VBuffer<float>>(scored.Schema["CurrentEmbeddings"]));
        var (id, score) = (cursor.GetIdGetter(), cursor.GetGetter<float>(scored.Schema["Score"]));
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.IsTrue(cursor.MoveNext());
            var (rowNumber, rowScore, rowId, values) = (0, 0f, default(DataViewRowId), default(VBuffer<float>));
            number(ref rowNumber);
            score(ref rowScore);
            id(ref rowId);
            current(ref values);

            Assert.AreEqual(i, cursor.Position);
            Assert.AreEqual(i, rowNumber);
            Assert.AreEqual(expected[i].Score, rowScore);
            Assert.AreEqual(new DataViewRowId((ulong)i, 0), rowId);
            CollectionAssert.AreEqual(rows[i].CurrentEmbeddings, values.DenseValues().ToArray());
        }

        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    public void Cursor_without_score_columns_computes_nothing()
    {
        var context = new MLContext(seed: 1);
        using var fitted = Trainers.Fit(context);
        var rows = Samples.Fixed(3);
        // A row that could not be scored.
        rows[1].CurrentEmbeddings[0] = float.NaN;
        var scored = fitted.Transform(Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));

        using var cursor = scored.GetRowCursor([scored.Schema["Label"]]);
        var label = cursor.GetGetter<bool>(scored.Schema["Label"]);
        for (var i = 0; cursor.MoveNext(); i++)
        {
            var value = false;
            label(ref value);
            Assert.AreEqual(rows[i].Label, value);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => cursor.GetGetter<float>(scored.Schema["Score"]));
    }

    /// <summary>Neither of its own batch nor of the next one.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(16)]
    public void Bad_row_does_not_affect_other_rows(int batchSize)
    {
        var context = new MLContext(seed: 1);
        using var fitted = Trainers.Untrained(context, options => options.BatchSize = batchSize);
        var rows = Samples.Fixed(5);
        var expected = fitted.Scores(context, Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));
        rows[1].CurrentEmbeddings[3] = float.PositiveInfinity;
        var scored = fitted.Transform(Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));

        using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        var getter = cursor.GetGetter<float>(scored.Schema["Score"]);
        for (var i = 0; cursor.MoveNext(); i++)
        {
            var score = 0f;
            if (i == 1)
                Expect.Error<InvalidOperationException>(() => getter(ref score), "Column 'CurrentEmbeddings', row 1", "finite values");
            else
                getter(ref score);
            Assert.AreEqual(i == 1 ? 0 : expected[i].Score, score, 1e-4f);
        }
    }

    [TestMethod]
    public void Output_schema_is_that_of_a_binary_classifier()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 20));
        using var scorer = Trainers.Fit(context);
        var schema = scorer.GetOutputSchema(view.Schema);

        Assert.AreEqual(BooleanDataViewType.Instance, schema["PredictedLabel"].Type);
        Assert.AreEqual(NumberDataViewType.Single, schema["Score"].Type);
        Assert.AreEqual(NumberDataViewType.Single, schema["Probability"].Type);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, TokenRow.Tokens), schema["TokenScores"].Type);
        foreach (var name in new[] { "PredictedLabel", "Score", "Probability" })
        {
            var (kind, value, set) = (default(ReadOnlyMemory<char>), default(ReadOnlyMemory<char>), 0u);
            schema[name].Annotations.GetValue("ScoreColumnKind", ref kind);
            schema[name].Annotations.GetValue("ScoreValueKind", ref value);
            schema[name].Annotations.GetValue("ScoreColumnSetId", ref set);
            Assert.AreEqual("BinaryClassification", kind.ToString());
            Assert.AreEqual(name, value.ToString());
            Assert.AreEqual(1u, set);
        }

        var normalized = false;
        schema["Probability"].Annotations.GetValue("IsNormalized", ref normalized);
        Assert.IsTrue(normalized);

        var twice = scorer.GetOutputSchema(schema);
        var second = 0u;
        twice["Score"].Annotations.GetValue("ScoreColumnSetId", ref second);
        Assert.AreEqual(2u, second);
    }

    [TestMethod]
    public void Disposed_scorer_refuses_every_use()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 4));
        var scorer = Trainers.Fit(context);
        var scored = scorer.Transform(view);
        scorer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => scorer.Transform(view));
        Assert.Throws<ObjectDisposedException>(() => scored.GetRowCursor(scored.Schema));
    }

    [TestMethod]
    public void Parallel_cursors_divide_the_rows()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 30));
        using var scorer = Trainers.Fit(context);
        var scored = scorer.Transform(view);

        var cursors = scored.GetRowCursorSet([scored.Schema["Score"]], 2);
        var counts = new int[cursors.Length];
        Parallel.For(0, cursors.Length, i =>
        {
            using var cursor = cursors[i];
            var getter = cursor.GetGetter<float>(scored.Schema["Score"]);
            while (cursor.MoveNext())
            {
                var score = float.NaN;
                getter(ref score);
                counts[i] += float.IsFinite(score) ? 1 : 0;
            }
        });

        Assert.AreEqual(30, counts.Sum());
    }
}
