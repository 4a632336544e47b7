using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Rows longer than any in the training data: the limit is that of the transform, read from its annotation.</summary>
[TestClass]
public sealed class LongerRowsTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Scorer_accepts_rows_up_to_MaxTokens_of_the_transform()
    {
        var training = Ml.Data.LoadFromEnumerable(Samples.Free(20, maxTokens: 4));
        var longer = Ml.Data.LoadFromEnumerable(Samples.Free(20, maxTokens: 9, seed: 2));
        var stage = Ml.Transforms.NextTokenDiscriminator(embeddingDimension: Samples.Dimension, maxTokens: 9).Fit(training);

        using var scorer = Trainers.Small(Ml).Fit(stage.Transform(training));

        Assert.AreEqual(9, scorer.Config.MaxTokens);
        Assert.HasCount(20, scorer.Scores(Ml, stage.Transform(longer)));
    }

    /// <summary>One row is longer than all others: the fold that tests on it was not trained on as many tokens.</summary>
    [TestMethod]
    public void Cross_validation_of_mixed_lengths_needs_no_option()
    {
        var rows = Samples.Free(60, maxTokens: 5);
        rows.Add(Samples.Free(1, maxTokens: 1)[0]);
        var longest = Samples.Fixed(1)[0];
        rows[^1] = new TrainingRow { PreviousEmbeddings = longest.PreviousEmbeddings, CurrentEmbeddings = longest.CurrentEmbeddings, Label = true };
        var pipeline = Ml.Transforms.NextTokenDiscriminator(embeddingDimension: Samples.Dimension).Append(Trainers.Small(Ml));

        var folds = Ml.BinaryClassification.CrossValidateNonCalibrated(Ml.Data.LoadFromEnumerable(rows), pipeline, 3);

        Assert.HasCount(3, folds);
    }

    [TestMethod]
    public void Trainer_option_overrides_and_the_error_names_its_owner()
    {
        var training = Ml.Data.LoadFromEnumerable(Samples.Free(20, maxTokens: 4));
        var longer = Ml.Data.LoadFromEnumerable(Samples.Fixed(1).Select(row => new TrainingRow { PreviousEmbeddings = row.PreviousEmbeddings, CurrentEmbeddings = row.CurrentEmbeddings }));
        using var scorer = Trainers.Small(Ml, options => options.MaxTokens = 5).Fit(Trainers.Transformed(Ml, training, options => options.MaxTokens = 9));

        Assert.AreEqual(5, scorer.Config.MaxTokens);
        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, Trainers.Transformed(Ml, longer)), "Column 'Combined', row 0: expected at most 5 tokens a half (the trainer's MaxTokens), found 6.");
        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, Trainers.Transformed(Ml, longer, options => options.MaxTokens = 5)),
            "Column 'PreviousEmbeddings', row 0: expected at most 5 tokens (the transform's MaxTokens), found 6.");
    }

    [TestMethod]
    [DataRow(4, 9, 9)]
    [DataRow(9, 4, 9)]
    public void Longer_of_training_and_validation_view_sets_MaxTokens(int training, int validation, int expected)
    {
        var rows = Ml.Data.LoadFromEnumerable(Samples.Free(20, maxTokens: 4));

        using var scorer = Trainers.Small(Ml).Fit(
            Trainers.Transformed(Ml, rows, options => options.MaxTokens = training), Trainers.Transformed(Ml, rows, options => options.MaxTokens = validation));

        Assert.AreEqual(expected, scorer.Config.MaxTokens);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(23_171)]
    public void Annotated_MaxTokens_out_of_range_is_refused(int said)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add("MaxTokens", NumberDataViewType.Int32, (ValueGetter<int>)((ref int value) => value = said));
        var view = SequenceView.Of(3, 2, 4).Scalar("Label", BooleanDataViewType.Instance, row => row % 2 == 0).Annotate(TransformedCopy.Combined, annotations.ToAnnotations());

        Expect.Error<ArgumentOutOfRangeException>(
            () => Trainers.Small(Ml, options => options.MaskColumnName = "").Fit(view),
            $"feature column 'Combined': expected an annotation MaxTokens of 1 to 23170 tokens, got {said}.");
    }

    [TestMethod]
    public void Log_says_how_long_rows_were()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.RawMessage);

        Trainers.Small(context).Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(Samples.Free(40, maxTokens: 4)))).Dispose();

        Assert.Contains("Rows of up to 512 tokens can be scored (MaxTokens); the longest one here has 4, and positions behind it are not learned.", lines);
    }
}
