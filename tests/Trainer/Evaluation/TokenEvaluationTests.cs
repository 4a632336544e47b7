using System.Globalization;
using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Metrics of <c>Evaluate</c>, computed per token.</summary>
[TestClass]
public sealed class TokenEvaluationTests
{
    [TestMethod]
    public void Tokens_are_evaluated_as_rows_of_their_own() => Property.Check(
        Gen.Choose(0, int.MaxValue - 1).Select(Scored),
        rows =>
        {
            var context = new MLContext(seed: 1);
            var found = context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(rows));

            var tokens = rows.SelectMany(row => row.TokenScores.Zip(row.Label, (score, label) => (score, label)).Where(token => !float.IsNaN(token.score)));
            Same(context, tokens, found.All);
            Assert.HasCount(rows.Max(row => row.TokenScores.Count(score => !float.IsNaN(score))), found.ByPosition);
            for (var t = 0; t < found.ByPosition.Length; t++)
            {
                Same(
                    context, rows.Where(row => t < row.TokenScores.Length && !float.IsNaN(row.TokenScores[t])).Select(row => (row.TokenScores[t], row.Label[t])),
                    found.ByPosition[t]);
            }
        });

    [TestMethod]
    public void Token_metrics_print_the_same_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new() { NumberDecimalSeparator = "," } };
            var metrics = new TokenClassificationMetrics(new TokenMetrics(12, 5, 0.75, 0.5, 1.25), []);

            Assert.AreEqual("12 tokens: accuracy 0.7500, AUC 0.5000, log-loss 1.2500", $"{metrics.All}");
            Assert.AreEqual((0.75, 0.5, 1.25), (metrics.Accuracy, metrics.AreaUnderRocCurve, metrics.LogLoss));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    public void Pipeline_trained_on_token_labels_is_evaluated_by_token()
    {
        var context = new MLContext(seed: 1);
        // Padded, so that labels end before the scores do.
        var pipeline = context.Transforms
            .NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
            {
                EmbeddingDimension = Samples.Dimension,
                MaxTokens = 5,
                PadToMaxTokens = true,
            })
            .Append(Trainers.Small(context, options => (options.LabelColumnName, options.Epochs) = ("TokenLabels", 6)));
        using var model = pipeline.Fit(context.Data.LoadFromEnumerable(Samples.Free(80, maxTokens: 4)));
        var test = Samples.Free(40, maxTokens: 4, seed: 2);

        var metrics = context.BinaryClassification.EvaluateTokens(model.Transform(context.Data.LoadFromEnumerable(test)), "TokenLabels");
        var byRow = context.BinaryClassification.EvaluateTokens(model.Transform(context.Data.LoadFromEnumerable(test)), "Label");

        Assert.AreEqual(test.Sum(row => row.TokenLabels.Length), metrics.All.Count);
        Assert.IsGreaterThan(0.95, metrics.AreaUnderRocCurve);
        Assert.HasCount(4, metrics.ByPosition);
        CollectionAssert.AreEqual(
            Enumerable.Range(1, 4).Select(tokens => test.Count(row => row.TokenLabels.Length >= tokens)).ToArray(),
            metrics.ByPosition.Select(position => position.Count).ToArray());
        // In these rows all tokens have the label of their row.
        Assert.AreEqual(metrics.All, byRow.All);
    }

    [TestMethod]
    public void Metrics_without_tokens_or_with_one_label_are_undefined()
    {
        var context = new MLContext(seed: 1);
        var metrics = context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(
            new[] { new ScoredRow { TokenScores = [1, 2, float.NaN], Label = [true, true, true] } }));
        var nothing = context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(Array.Empty<ScoredRow>()));

        Assert.AreEqual(2, metrics.All.Count);
        Assert.IsTrue(double.IsNaN(metrics.AreaUnderRocCurve));
        Assert.AreEqual(1, metrics.Accuracy);
        Assert.HasCount(2, metrics.ByPosition);
        Assert.AreEqual(0, nothing.All.Count);
        Assert.IsTrue(double.IsNaN(nothing.LogLoss));
        Assert.IsTrue(double.IsNaN(nothing.All.AreaUnderPrecisionRecallCurve));
        Assert.IsTrue(double.IsNaN(nothing.All.ExpectedCalibrationError));
        Assert.AreEqual(0, nothing.All.F1Score);
    }

    /// <summary>NaN is padding behind the last score, and a token without a score anywhere else.</summary>
    [TestMethod]
    public void Token_without_a_score_is_refused_and_rows_without_scores_are_counted_in_a_warning()
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) => { if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning) warnings.Add(e.Message); };
        ScoredRow whole = new() { TokenScores = [1, -1], Label = [true, false] };
        ScoredRow gap = new() { TokenScores = [1, float.NaN, 2, float.NaN], Label = [true, true, true, true] };
        ScoredRow none = new() { TokenScores = [float.NaN, float.NaN], Label = [true, false] };

        Expect.Error<InvalidOperationException>(
            () => context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(new[] { whole, gap })),
            "Column 'TokenScores', row 1", "NaN behind the last score only", "token 1 of 3");
        Assert.HasCount(0, warnings);
        var metrics = context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(new[] { none, whole, none }));

        Assert.AreEqual(2, metrics.All.Count);
        Assert.HasCount(1, warnings);
        Assert.Contains("2 of 3 rows have no token score in column 'TokenScores'", warnings[0]);
    }

    /// <summary>All scores differ, so that the area under the curve of precision and recall is held against ML.NET's.</summary>
    [TestMethod]
    public void Scores_without_ties_are_evaluated_as_in_MLNet()
    {
        var context = new MLContext(seed: 1);
        var random = new Random(1);
        for (var round = 0; round < 5; round++)
        {
            ScoredRow[] rows = [.. Enumerable.Range(0, 20).Select(_ => new ScoredRow
            {
                TokenScores = [.. Enumerable.Range(0, 3).Select(_ => 4 * random.NextSingle() - 2)],
                Label = [.. Enumerable.Range(0, 3).Select(_ => random.Next(3) == 0)],
            })];

            var found = context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(rows));

            Same(context, rows.SelectMany(row => row.TokenScores.Zip(row.Label, (score, label) => (score, label))), found.All);
            Assert.AreEqual(
                (found.All.F1Score, found.All.PositivePrecision, found.All.PositiveRecall, found.All.NegativePrecision, found.All.NegativeRecall),
                (found.F1Score, found.PositivePrecision, found.PositiveRecall, found.NegativePrecision, found.NegativeRecall));
            Assert.AreEqual(
                (found.All.ConfusionMatrix, found.All.AreaUnderPrecisionRecallCurve, found.All.ExpectedCalibrationError),
                (found.ConfusionMatrix, found.AreaUnderPrecisionRecallCurve, found.ExpectedCalibrationError));
        }
    }

    [TestMethod]
    public void Tied_scores_count_the_same_in_any_order()
    {
        var context = new MLContext(seed: 1);
        ScoredRow Row(params bool[] labels) => new() { TokenScores = [1, 1, -1, -1], Label = labels };

        var figures = new[] { Row(true, false, true, false), Row(false, true, false, true) }
            .Select(row => context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(new[] { row })).AreaUnderPrecisionRecallCurve).ToArray();

        // Recall 0 to 1/2 at a precision from 1 to 1/2, then to 1 at 1/2.
        CollectionAssert.AreEqual(new[] { 0.625, 0.625 }, figures);
    }

    /// <summary>The bins of probability 1/2 (the 8th) and 0.88 (the 14th): half of the first are true, and none of the second.</summary>
    [TestMethod]
    public void Calibration_error_is_the_mean_distance_of_probability_and_frequency()
    {
        var context = new MLContext(seed: 1);
        var rows = new[] { new ScoredRow { TokenScores = [0, 0.01f, 2, 2], Label = [true, false, false, false] } };

        var error = context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(rows)).ExpectedCalibrationError;

        var (half, more, high) = (0.5, 1 / (1 + Math.Exp(-0.01)), 1 / (1 + Math.Exp(-2)));
        Assert.AreEqual((Math.Abs(half + more - 1) + 2 * high) / 4, error, 1e-6);
    }

    /// <summary>Those of a probability at the upper end are in the last bin.</summary>
    [TestMethod]
    [DataRow(200f, true, 0)]
    [DataRow(200f, false, 1)]
    [DataRow(-200f, false, 0)]
    [DataRow(-200f, true, 1)]
    public void Certain_correct_probabilities_are_calibrated(float logit, bool label, double expected)
    {
        var context = new MLContext(seed: 1);

        var error = context.BinaryClassification.EvaluateTokens(
            context.Data.LoadFromEnumerable(new[] { new ScoredRow { TokenScores = [logit], Label = [label] } })).ExpectedCalibrationError;

        Assert.AreEqual(expected, error, 1e-9);
    }

    [TestMethod]
    public void Confusion_matrix_prints_as_a_table() => Assert.AreEqual(
        string.Join(Environment.NewLine, "predicted    positive    negative", "positive   1234567890           2", "negative            3           4"),
        $"{new TokenConfusionMatrix(1234567890, 3, 2, 4)}");

    [TestMethod]
    public void Evaluation_error_names_column_and_row()
    {
        var context = new MLContext(seed: 1);
        var catalog = context.BinaryClassification;
        var data = context.Data.LoadFromEnumerable(
            new[] { new ScoredRow { TokenScores = [1], Label = [true] }, new ScoredRow { TokenScores = [1, 2, float.NaN], Label = [true] } });

        Expect.Error<ArgumentOutOfRangeException>(() => catalog.EvaluateTokens(data, "L"), "Could not find label column 'L'");
        Expect.Error<ArgumentOutOfRangeException>(() => catalog.EvaluateTokens(data, tokenScoresColumnName: "S"), "Could not find token score column 'S'");
        Expect.Error<ArgumentOutOfRangeException>(() => catalog.EvaluateTokens(data, "TokenScores"), "label column 'TokenScores': expected Boolean");
        Expect.Error<ArgumentOutOfRangeException>(() => catalog.EvaluateTokens(data, tokenScoresColumnName: "Label"), "token score column 'Label': expected Vector<Single>");
        Expect.Error<InvalidRowException>(() => catalog.EvaluateTokens(data), "Column 'Label', row 1: expected 2 labels", "found 1");
    }

    private static void Same(MLContext context, IEnumerable<(float Score, bool Label)> tokens, TokenMetrics found)
    {
        var rows = tokens.Select(token => new Token { Score = token.Score, Label = token.Label, PredictedLabel = token.Score > 0, Probability = 1 / (1 + MathF.Exp(-token.Score)) }).ToList();
        Assert.HasCount(found.Count, rows);
        Assert.AreEqual(rows.Count(row => row.Label), found.Positives);
        // ML.NET's own evaluation refuses labels of one kind.
        if (rows.Select(row => row.Label).Distinct().Count() < 2)
            return;
        var expected = context.BinaryClassification.Evaluate(context.Data.LoadFromEnumerable(rows));

        Assert.AreEqual(expected.Accuracy, found.Accuracy, 1e-9);
        Assert.AreEqual(expected.AreaUnderRocCurve, found.AreaUnderRocCurve, 1e-9);
        Assert.AreEqual(expected.LogLoss, found.LogLoss, 1e-5);
        Assert.AreEqual(expected.PositivePrecision, found.PositivePrecision, 1e-9);
        Assert.AreEqual(expected.PositiveRecall, found.PositiveRecall, 1e-9);
        Assert.AreEqual(expected.NegativePrecision, found.NegativePrecision, 1e-9);
        Assert.AreEqual(expected.NegativeRecall, found.NegativeRecall, 1e-9);
        Assert.AreEqual(expected.F1Score, found.F1Score, 1e-9);
        var counts = expected.ConfusionMatrix.Counts;
        Assert.AreEqual(new TokenConfusionMatrix((int)counts[0][0], (int)counts[1][0], (int)counts[0][1], (int)counts[1][1]), found.ConfusionMatrix);
        // Among ties ML.NET's depends on the order of rows.
        if (rows.DistinctBy(row => row.Score).Count() == rows.Count)
            Assert.AreEqual(expected.AreaUnderPrecisionRecallCurve, found.AreaUnderPrecisionRecallCurve, 1e-9);
    }

    // Few different scores, so that ties abound; padding behind some rows.
    private static List<ScoredRow> Scored(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 2 + random.Next(8)).Select(_ =>
        {
            var tokens = 1 + random.Next(6);
            var padding = random.Next(3);
            return new ScoredRow
            {
                TokenScores = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(-4, 5) / 2f), .. Enumerable.Repeat(float.NaN, padding)],
                Label = [.. Enumerable.Range(0, tokens + (random.Next(2) == 0 ? padding : 0)).Select(_ => random.Next(2) == 0)],
            };
        })];
    }

    public sealed class ScoredRow
    {
        public float[] TokenScores { get; set; } = [];

        public bool[] Label { get; set; } = [];
    }

    public sealed class Token
    {
        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }

        public bool Label { get; set; }
    }
}
