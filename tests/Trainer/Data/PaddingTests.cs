using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The scores of a row depend on the row alone, not on other rows of the batch or on padding.</summary>
[TestClass]
public sealed class PaddingTests
{
    private const int MaxTokens = 5;

    [TestMethod]
    public void Rows_of_mixed_lengths_score_as_each_alone()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.Free(30, MaxTokens);
        using var model = Pipeline(context).Fit(context.Data.LoadFromEnumerable(rows));

        var together = model.Scores(context, context.Data.LoadFromEnumerable(rows));
        var engine = context.Model.CreatePredictionEngine<TrainingRow, Scores>(model);

        Expect.Close([.. rows.Select(engine.Predict)], together);
        for (var i = 0; i < rows.Count; i++)
            Assert.HasCount(rows[i].PreviousEmbeddings.Length / Samples.Dimension, together[i].TokenScores);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Padded_rows_score_as_unpadded_ones(bool withTokenCount)
    {
        var context = new MLContext(seed: 1);
        var rows = context.Data.LoadFromEnumerable(Samples.Free(30, MaxTokens));
        var plain = Trainers.Transformed(context, rows);
        var padded = Trainers.Transformed(context, rows, options =>
        {
            options.PadToMaxTokens = true;
            options.MaxTokens = MaxTokens + 2;
            options.TokenCountColumnName = "Count";
        });
        using var scorer = Trainers.Small(context, options => options.MaxTokens = MaxTokens + 2).Fit(plain);
        using var reader = Trainers.Small(context, options => options.TokenCountColumnName = withTokenCount ? "Count" : null)
            .CreateScorer(scorer.CreateNetwork());

        var expected = scorer.Scores(context, plain);
        var found = reader.Scores(context, padded);

        for (var i = 0; i < expected.Count; i++)
        {
            Assert.AreEqual(expected[i].Score, found[i].Score, 1e-4f, $"Row {i}");
            Assert.HasCount(MaxTokens + 2, found[i].TokenScores);
            var missing = Enumerable.Repeat(float.NaN, MaxTokens + 2 - expected[i].TokenScores.Length);
            Expect.Close([.. expected[i].TokenScores, .. missing], found[i].TokenScores);
        }
    }

    [TestMethod]
    public void Padding_does_not_change_the_trained_weights()
    {
        var context = new MLContext(seed: 1);
        var rows = context.Data.LoadFromEnumerable(Samples.Free(30, MaxTokens));
        // A batch a row: else the unpadded rows are padded too, in their batch, and both would be wrong alike.
        using var plain = Trainers.Small(context, options => (options.BatchSize, options.MaxTokens) = (1, MaxTokens))
            .Fit(Trainers.Transformed(context, rows));
        using var padded = Trainers.Small(context, options => (options.BatchSize, options.MaxTokens) = (1, MaxTokens))
            .Fit(Trainers.Transformed(context, rows, options => (options.PadToMaxTokens, options.MaxTokens) = (true, MaxTokens)));

        // Not the weights: those whose gradient is 0 but for rounding are moved by the rounding, and change nothing.
        var view = Trainers.Transformed(context, rows);
        var (expected, found) = (plain.Scores(context, view), padded.Scores(context, view));
        for (var i = 0; i < expected.Count; i++)
            Assert.AreEqual(expected[i].Score, found[i].Score, 2e-3f, $"Row {i}");
    }

    [TestMethod]
    public void Longest_row_sets_MaxTokens_if_no_column_states_it()
    {
        var view = SequenceView.Of(2, 5, 3).Scalar("Label", Microsoft.ML.Data.BooleanDataViewType.Instance, row => row == 0);

        using var scorer = Trainers.Small(new MLContext(seed: 1), options => options.MaskColumnName = "").Fit(view);

        Assert.AreEqual(5, scorer.Config.MaxTokens);
    }

    [TestMethod]
    public void Token_labels_of_padded_rows_may_be_padded()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.Free(20, MaxTokens);
        var view = Transformed(rows);
        using var exact = Trainers.Small(context, options => options.LabelColumnName = "TokenLabels").Fit(view);
        foreach (var row in rows)
            row.TokenLabels = [.. row.TokenLabels, .. Enumerable.Repeat(true, MaxTokens - row.TokenLabels.Length)];
        using var padded = Trainers.Small(context, options => options.LabelColumnName = "TokenLabels").Fit(Transformed(rows));

        Expect.SameWeights(exact.Weights(), padded.Weights());

        IDataView Transformed(List<TrainingRow> rows) => Trainers.Transformed(
            context, context.Data.LoadFromEnumerable(rows), options => (options.PadToMaxTokens, options.MaxTokens) = (true, MaxTokens));
    }

    private static Microsoft.ML.Data.EstimatorChain<NextTokenDiscriminatorScorer> Pipeline(MLContext context) => context.Transforms
        .NextTokenDiscriminator(embeddingDimension: Samples.Dimension)
        .Append(Trainers.Small(context));
}
