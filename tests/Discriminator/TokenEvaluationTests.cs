using System.Globalization;
using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd.Tests;

namespace MlNetNtd.Discriminator.Tests;

/// <summary>What <c>Evaluate</c> says of rows, said of tokens.</summary>
[TestClass]
public sealed class TokenEvaluationTests
{
    [TestMethod]
    public void TokensAreEvaluatedAsIfEachWereARow() => Properties.Hold(
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
    public void TheyAreSaidInOnePhraseWhateverTheCulture()
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
    public void APipelineThatLearnedFromTokensIsEvaluatedByThem()
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
    public void WithoutTokensOrWithOneKindThereIsNoFigure()
    {
        var context = new MLContext(seed: 1);
        var metrics = context.BinaryClassification.EvaluateTokens(context.Data.LoadFromEnumerable(
            new[] { new ScoredRow { TokenScores = [1, float.NaN, 2, float.NaN], Label = [true, true, true, true] } }));

        Assert.AreEqual(2, metrics.All.Count);
        Assert.IsTrue(double.IsNaN(metrics.AreaUnderRocCurve));
        Assert.AreEqual(1, metrics.Accuracy);
        Assert.HasCount(3, metrics.ByPosition);
        Assert.AreEqual(0, metrics.ByPosition[1].Count);
        Assert.IsTrue(double.IsNaN(metrics.ByPosition[1].LogLoss));
    }

    [TestMethod]
    public void ErrorsNameColumnAndRow()
    {
        var context = new MLContext(seed: 1);
        var catalog = context.BinaryClassification;
        var data = context.Data.LoadFromEnumerable(
            new[] { new ScoredRow { TokenScores = [1], Label = [true] }, new ScoredRow { TokenScores = [1, 2, float.NaN], Label = [true] } });

        Expect.Error<ArgumentOutOfRangeException>(() => catalog.EvaluateTokens(data, "L"), "Could not find label column 'L'");
        Expect.Error<ArgumentOutOfRangeException>(() => catalog.EvaluateTokens(data, tokenScoresColumnName: "S"), "Could not find token score column 'S'");
        Expect.Error<ArgumentOutOfRangeException>(() => catalog.EvaluateTokens(data, "TokenScores"), "label column 'TokenScores': expected Boolean");
        Expect.Error<ArgumentOutOfRangeException>(() => catalog.EvaluateTokens(data, tokenScoresColumnName: "Label"), "token score column 'Label': expected Vector<Single>");
        Expect.Error<InvalidOperationException>(() => catalog.EvaluateTokens(data), "Column 'Label', row 1: expected 2 labels", "found 1");
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
