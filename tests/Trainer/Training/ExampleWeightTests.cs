using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>A weight of n counts like n equal rows.</summary>
[TestClass]
public sealed class ExampleWeightTests
{
    [TestMethod]
    [DataRow("Label")]
    [DataRow("TokenLabels")]
    public void Example_weight_of_two_equals_the_row_twice(string label)
    {
        var rows = Samples.Free(20, maxTokens: 4);
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].Weight = i % 3 == 0 ? 2 : 1;
            // So that no figure is perfect.
            if (i % 5 == 0)
                (rows[i].Label, rows[i].TokenLabels) = (!rows[i].Label, [.. rows[i].TokenLabels.Select(value => !value)]);
        }

        var twice = rows.SelectMany(row => Enumerable.Repeat(row, (int)row.Weight)).ToList();

        using var found = Fit(rows, label, weights: true);
        using var expected = Fit(twice, label, weights: false);
        using var unweighted = Fit(rows, label, weights: false);

        // Not the weights of the network: where a gradient is 0, AdamW makes steps of what rounding leaves.
        var context = new MLContext();
        Expect.Close(expected.Scores(context, View(context, rows)), found.Scores(context, View(context, rows)));
        for (var epoch = 0; epoch < expected.History.Length; epoch++)
        {
            var (one, other) = (expected.History[epoch].Training, found.History[epoch].Training);
            Assert.AreEqual(one.Loss, other.Loss, 1e-4);
            Assert.AreEqual(one.Accuracy, other.Accuracy, 1e-4);
            Assert.AreEqual(one.AreaUnderRocCurve, other.AreaUnderRocCurve, 1e-4);
        }

        Assert.AreNotEqual(unweighted.History[0].Training.Loss, found.History[0].Training.Loss, 1e-4, "Weights make no difference here: the test shows nothing.");
    }

    [TestMethod]
    [DataRow("Label")]
    [DataRow("TokenLabels")]
    public void Example_weight_of_zero_equals_no_row(string label)
    {
        var rows = Samples.Free(40, maxTokens: 4);
        var more = Samples.Free(60, maxTokens: 9, seed: 2);
        foreach (var row in more)
            row.Weight = 0;
        // A row that could not be read.
        more[7].CurrentEmbeddings[0] = float.NaN;

        using var expected = Fit(rows, label, weights: true);
        using var found = Fit([.. more.Take(30), .. rows, .. more.Skip(30)], label, weights: true);

        Expect.SameWeights(expected.Weights(), found.Weights());
    }

    [TestMethod]
    public void Example_weights_count_on_validation_rows()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.Free(20, maxTokens: 4);
        var contrary = Samples.Free(20, maxTokens: 4, seed: 2);
        foreach (var row in contrary)
            (row.Label, row.Weight) = (!row.Label, 0.01f);

        using var scorer = Trainers.Small(context, options => (options.ExampleWeightColumnName, options.Epochs) = (nameof(TrainingRow.Weight), 20)).Fit(
            View(context, rows), View(context, [.. Samples.Free(20, maxTokens: 4, seed: 3), .. contrary]));

        Assert.IsGreaterThan(0.9, scorer.History[^1].Validation!.Accuracy);
    }

    [TestMethod]
    [DataRow(-1f, "-1")]
    [DataRow(float.NaN, "NaN")]
    [DataRow(float.PositiveInfinity, "Infinity")]
    public void Negative_or_non_finite_example_weight_is_refused(float weight, string written)
    {
        var rows = Samples.Free(10, maxTokens: 3);
        rows[4].Weight = weight;

        Expect.Error<InvalidOperationException>(
            () => Fit(rows, "Label", weights: true), $"Column 'Weight', row 4: expected a finite weight of at least 0, found {written}");
    }

    // One batch an epoch, so that the same rows make the same steps in whatever order they come.
    private static NextTokenDiscriminatorScorer Fit(List<TrainingRow> rows, string label, bool weights)
    {
        var context = new MLContext(seed: 1);
        return Trainers.Small(context, options =>
        {
            (options.LabelColumnName, options.BatchSize, options.Epochs, options.MaxTokens) = (label, 1000, 4, 9);
            options.ExampleWeightColumnName = weights ? nameof(TrainingRow.Weight) : null;
        }).Fit(View(context, rows));
    }

    private static IDataView View(MLContext context, List<TrainingRow> rows) => Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
}
