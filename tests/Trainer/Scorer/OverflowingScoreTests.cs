using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Finite values for which the network overflows: the row is named, and no NaN is returned as a score.</summary>
[TestClass]
public sealed class OverflowingScoreTests
{
    private const int Odd = 3;

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    [DataRow(64)]
    public void Row_is_named_for_every_score_column_and_the_others_are_scored(int batchSize)
    {
        using var scorer = Trainers.Untrained(Ml, options => options.BatchSize = batchSize);
        var (expected, rows) = (Samples.Fixed(8), Samples.Fixed(8));
        rows[Odd].CurrentEmbeddings[Samples.Dimension] = 1e30f;
        var clean = scorer.Scores(Ml, Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(expected)));
        var scored = scorer.Transform(Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(rows)));
        using var cursor = scored.GetRowCursor(scored.Schema);
        var score = cursor.GetGetter<float>(scored.Schema["Score"]);
        var label = cursor.GetGetter<bool>(scored.Schema["PredictedLabel"]);
        var probability = cursor.GetGetter<float>(scored.Schema["Probability"]);
        var tokens = cursor.GetGetter<VBuffer<float>>(scored.Schema["TokenScores"]);
        var (value, predicted, logits) = (0f, false, default(VBuffer<float>));

        for (var row = 0; row < rows.Count; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            if (row != Odd)
            {
                score(ref value);
                Assert.AreEqual(clean[row].Score, value, 1e-5f);
                continue;
            }

            foreach (var read in new Action[] { () => score(ref value), () => label(ref predicted), () => probability(ref value), () => tokens(ref logits) })
                Expect.Error<InvalidOperationException>(read, "Column 'Combined', row 3", "finite scores", "NaN for token 1");
        }
    }

    /// <summary>Under the policy such a row is as bad as others: skipped, and counted once however many of its scores are read.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Row_is_skipped_under_the_skip_policy(int batchSize)
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) => { if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning) warnings.Add(e.Message); };
        using var scorer = Trainers.Untrained(context, options => (options.BatchSize, options.BadRowPolicy) = (batchSize, BadRowPolicy.Skip));
        var rows = Samples.Fixed(8);
        rows[Odd].CurrentEmbeddings[0] = 1e30f;

        var scores = scorer.Scores(context, Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));

        CollectionAssert.AreEqual(new[] { Odd }, Enumerable.Range(0, 8).Where(row => float.IsNaN(scores[row].Score)).ToArray());
        Assert.IsTrue(warnings.Exists(warning => warning.Contains("1 of ", StringComparison.Ordinal) && warning.Contains("row 3: expected values of which", StringComparison.Ordinal)));
        Assert.IsFalse(warnings.Exists(warning => warning.Contains("2 of ", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Prediction_and_evaluation_of_the_row_fail()
    {
        using var scorer = Trainers.Untrained(Ml);
        var rows = Samples.Fixed(8);
        rows[Odd].CurrentEmbeddings[0] = 1e30f;
        var stage = Ml.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Samples.Dimension });
        var model = stage.Fit(Ml.Data.LoadFromEnumerable(rows)).Append(scorer);
        using var pool = Ml.CreatePredictionPool<TokenRow, Scores>(model);

        Expect.Error<InvalidOperationException>(() => pool.Predict(rows[Odd]), "finite scores");
        Expect.Error<InvalidOperationException>(() => pool.PredictBatch(rows), "row 3", "finite scores");
        Expect.Error<InvalidOperationException>(() => Ml.BinaryClassification.EvaluateTokens(model.Transform(Ml.Data.LoadFromEnumerable(rows))), "row 3", "finite scores");
        Assert.IsTrue(float.IsFinite(pool.Predict(rows[0]).Score));
    }
}
