using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Labels per token train each token's score: generated tokens are found.</summary>
[TestClass]
public sealed class TokenLabelTests
{
    private const int Tokens = 5;

    [TestMethod]
    public void Generated_token_among_real_ones_has_the_lowest_score()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Small(context, options => (options.LabelColumnName, options.Epochs) = ("TokenLabels", 6))
            .Fit(View(context, Rows(150, seed: 1)));
        var heldOut = Rows(100, seed: 2);

        var scores = scorer.Scores(context, View(context, heldOut));

        var found = scores.Where((row, i) => Array.IndexOf(row.TokenScores, row.TokenScores.Min()) == Array.IndexOf(heldOut[i].TokenLabels, false)).Count();
        Assert.IsGreaterThanOrEqualTo(95, found);
        // Judged by tokens: 750 of them, a fifth false.
        Assert.IsGreaterThan(0.9, scorer.History[^1].Training.AreaUnderRocCurve);
    }

    [TestMethod]
    public void Token_labels_of_another_count_are_refused()
    {
        var context = new MLContext(seed: 1);
        var rows = Rows(10, seed: 1);
        rows[3].TokenLabels = [true, false];
        var trainer = Trainers.Small(context, options => options.LabelColumnName = "TokenLabels");

        Expect.Error<InvalidOperationException>(
            () => trainer.Fit(View(context, rows)), "Column 'TokenLabels', row 3: expected 5 labels, one per token, found 2.");

        var padded = Trainers.Transformed(
            context, context.Data.LoadFromEnumerable(rows), options => (options.PadToMaxTokens, options.MaxTokens) = (true, Tokens + 1));
        Expect.Error<InvalidOperationException>(
            () => trainer.Fit(padded), "Column 'TokenLabels', row 3: expected 5 labels, one per token, or 6 with padding, found 2.");
    }

    // All candidates are true but for one.
    private static List<TrainingRow> Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var previous = Samples.Values(random, Tokens * Samples.Dimension);
            var current = Samples.Values(random, Tokens * Samples.Dimension);
            var wrong = random.Next(Tokens);
            for (var t = 0; t < Tokens; t++)
                Samples.Mark(current, t, t != wrong);
            return new TrainingRow
            {
                PreviousEmbeddings = previous,
                CurrentEmbeddings = current,
                TokenLabels = [.. Enumerable.Range(0, Tokens).Select(t => t != wrong)],
            };
        })];
    }

    private static IDataView View(MLContext context, List<TrainingRow> rows) => Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
}
