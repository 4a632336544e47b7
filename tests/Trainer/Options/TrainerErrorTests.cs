using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Bad options are refused when the trainer is made, bad schemas before a row is read, bad rows before the first epoch.</summary>
[TestClass]
public sealed class TrainerErrorTests
{
    private static IEnumerable<(Action<Options> Set, string Option)> BadOptions =>
    [
        (options => options.LabelColumnName = " ", "LabelColumnName"),
        (options => options.FeatureColumnName = "", "FeatureColumnName"),
        (options => options.MaskColumnName = " ", "MaskColumnName"),
        (options => options.TokenCountColumnName = " ", "TokenCountColumnName"),
        (options => options.ExampleWeightColumnName = " ", "ExampleWeightColumnName"),
        (options => options.MaskKind = (MaskKind)9, "MaskKind"),
        (options => options.EmbeddingDimension = -1, "EmbeddingDimension"),
        (options => options.MaxTokens = -1, "MaxTokens"),
        (options => options.ModelDimension = -1, "ModelDimension"),
        (options => options.Heads = -1, "Heads"),
        (options => options.Heads = int.MaxValue, "Heads"),
        (options => options.ModelDimension = int.MaxValue, "ModelDimension"),
        (options => options.Layers = 0, "Layers"),
        (options => options.FeedForwardDimension = -1, "FeedForwardDimension"),
        (options => options.Dropout = 1, "Dropout"),
        (options => options.Dropout = double.NaN, "Dropout"),
        (options => options.AttentionDropout = 1, "AttentionDropout"),
        (options => options.AttentionDropout = -0.1, "AttentionDropout"),
        (options => options.Precision = (ComputePrecision)2, "Precision"),
        (options => options.Epochs = -1, "Epochs"),
        (options => options.MaxCacheBytes = -1, "MaxCacheBytes"),
        (options => options.ShuffleBufferBytes = 0, "ShuffleBufferBytes"),
        (options => options.BatchSize = 0, "BatchSize"),
        (options => options.LearningRate = 0, "LearningRate"),
        (options => options.LearningRate = double.NaN, "LearningRate"),
        (options => options.WeightDecay = -1, "WeightDecay"),
        (options => options.WarmupFraction = 1.5, "WarmupFraction"),
        (options => options.MaxGradientNorm = -1, "MaxGradientNorm"),
        (options => options.ValidationFraction = 1, "ValidationFraction"),
        (options => options.Patience = -1, "Patience"),
        (options => options.InitialWeightsPath = " ", "InitialWeightsPath"),
        (options => options.MonitorMetric = (MonitorMetric)9, "MonitorMetric"),
        (options => options.BadRowPolicy = (BadRowPolicy)4, "BadRowPolicy"),
    ];

    [TestMethod]
    public void Options_are_checked_when_the_trainer_is_created()
    {
        var context = new MLContext(seed: 1);
        foreach (var (set, option) in BadOptions)
        {
            var error = Assert.Throws<ArgumentException>(() => Trainers.Small(context, set), option);
            Assert.AreEqual(option, error.ParamName);
            Assert.StartsWith($"{option}: expected ", error.Message.Replace("a column name", "expected a column name", StringComparison.Ordinal)
                .Replace("a path", "expected a path", StringComparison.Ordinal));
        }
    }

    [TestMethod]
    public void Missing_column_is_named()
    {
        Fails<ArgumentOutOfRangeException>(options => options.LabelColumnName = "L", Samples.Fixed(10), "Could not find label column 'L'");
        Fails<ArgumentOutOfRangeException>(options => options.FeatureColumnName = "F", Samples.Fixed(10), "Could not find feature column 'F'");
        Fails<ArgumentOutOfRangeException>(options => options.MaskColumnName = "M", Samples.Fixed(10), "Could not find mask column 'M'");
        Fails<ArgumentOutOfRangeException>(options => options.TokenCountColumnName = "N", Samples.Fixed(10), "Could not find token count column 'N'");
        Fails<ArgumentOutOfRangeException>(options => options.ExampleWeightColumnName = "W", Samples.Fixed(10), "Could not find example weight column 'W'");
    }

    [TestMethod]
    public void Wrong_column_type_is_named()
    {
        Fails<ArgumentOutOfRangeException>(
            options => options.LabelColumnName = "PreviousEmbeddings", Samples.Fixed(10), "label column 'PreviousEmbeddings': expected Boolean", "ConvertType");
        Fails<ArgumentOutOfRangeException>(options => options.FeatureColumnName = "Label", Samples.Fixed(10), "feature column 'Label': expected Vector<Single, 2T, C>");
        // With nothing to advise.
        Fails<ArgumentOutOfRangeException>(
            options => options.MaskColumnName = "Label", Samples.Fixed(10),
            "mask column 'Label': expected Vector<Boolean> or, to be added to the scores, Vector<Single>, got Boolean. (Parameter");
        Fails<ArgumentOutOfRangeException>(options => options.MaskKind = MaskKind.Additive, Samples.Fixed(10), "mask column 'Mask': expected Vector<Single>", "Blocked or Allowed");
        Fails<ArgumentOutOfRangeException>(options => options.MaskColumnName = "PreviousEmbeddings", Samples.Fixed(10), "expected 12 * 12 values");
        Fails<ArgumentOutOfRangeException>(options => options.EmbeddingDimension = 4, Samples.Fixed(10), "embeddings of dimension 4 (EmbeddingDimension)");
        Fails<ArgumentOutOfRangeException>(options => options.MaxTokens = 5, Samples.Fixed(10), "feature column 'Combined': expected at most 5 tokens a half (the trainer's MaxTokens)");
        Fails<ArgumentOutOfRangeException>(options => options.TokenCountColumnName = "Label", Samples.Fixed(10), "token count column 'Label': expected Int32");
        Fails<ArgumentOutOfRangeException>(options => options.ExampleWeightColumnName = "Label", Samples.Fixed(10), "example weight column 'Label': expected Single", "ConvertType");
    }

    [TestMethod]
    public void Validation_data_of_another_schema_is_refused()
    {
        var context = new MLContext(seed: 1);
        var rows = context.Data.LoadFromEnumerable(Samples.Free(10, maxTokens: 3));
        var training = Trainers.Transformed(context, rows);
        var narrower = Trainers.Transformed(context, rows, options => options.EmbeddingDimension = Samples.Dimension / 2);
        var relabelled = context.Transforms.CopyColumns("Label", "TokenLabels").Fit(training).Transform(training);

        Expect.Error<ArgumentOutOfRangeException>(
            () => Trainers.Small(context).Fit(training, narrower), "embeddings of dimension 8, as in the training data");
        Expect.Error<ArgumentOutOfRangeException>(
            () => Trainers.Small(context).Fit(training, relabelled), "label column 'Label': expected Boolean, as in the training data");
    }

    [TestMethod]
    public void Estimator_chain_finds_schema_errors_before_reading_data()
    {
        var context = new MLContext(seed: 1);
        var chain = context.Transforms.NextTokenDiscriminator()
            .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(labelColumnName: "Text"));

        Expect.Error<ArgumentOutOfRangeException>(() => chain.Fit(Samples.View(context, 10)), "Could not find label column 'Text'");
    }

    [TestMethod]
    [DataRow(true, "negative")]
    [DataRow(false, "positive")]
    public void Labels_of_one_kind_are_refused(bool label, string missing)
    {
        var rows = Samples.Fixed(10);
        rows.ForEach(row => row.Label = label);

        Fails<InvalidOperationException>(null, rows, $"Column 'Label': no {missing} label among the 10 training rows");
        Fails<InvalidOperationException>(
            options => options.ValidationFraction = 0.2, rows, $"no {missing} label among the 7 training rows", "3 more are kept for validation");
    }

    [TestMethod]
    public void Too_few_rows_are_refused_with_their_count()
    {
        Fails<InvalidOperationException>(null, [], "Too few rows: expected at least 1, found 0");
        Fails<InvalidOperationException>(options => options.ValidationFraction = 0.1, Samples.Fixed(1), "Too few rows: expected at least 2", "found 1");
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 10));
        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(context).Fit(view, Trainers.Transformed(context, Samples.View(context, 0))), "the validation data has none");
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.NegativeInfinity)]
    public void Non_finite_values_are_refused(float value)
    {
        var rows = Samples.Fixed(10);
        rows[7].CurrentEmbeddings[5] = value;

        Fails<InvalidOperationException>(null, rows, "Column 'CurrentEmbeddings', row 7: expected finite values", FormattableString.Invariant($"found {value} at token 0, dimension 5"));
    }

    [TestMethod]
    public void Mask_of_another_size_is_refused()
    {
        var rows = Samples.Free(10, maxTokens: 4);
        var context = new MLContext(seed: 1);
        // A vector of Single of another size than the mask's is taken for a mask.
        var view = Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
        var length = rows[0].PreviousEmbeddings.Length;
        var tokens = length / Samples.Dimension;

        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(context, options => options.MaskColumnName = "PreviousEmbeddings").Fit(view),
            "Column 'PreviousEmbeddings', row 0", $"expected {4 * tokens * tokens} values, {2 * tokens} * {2 * tokens}", $"found {length}");
    }

    [TestMethod]
    public void Query_that_may_attend_no_key_is_refused()
    {
        var rows = Samples.Fixed(10);
        rows[4].OwnMask = [.. Enumerable.Repeat(true, TokenRow.MaskLength)];

        Fails<InvalidOperationException>(
            options => options.MaskColumnName = "OwnMask", rows, "Column 'OwnMask', row 4: expected at least one key that query 0 may attend");
    }

    [TestMethod]
    public void Mask_of_padding_only_is_refused()
    {
        var rows = Samples.Fixed(10);
        var side = 2 * TokenRow.Tokens;
        rows[4].OwnMask = [.. Enumerable.Range(0, TokenRow.MaskLength).Select(i => i / side != i % side)];

        Fails<InvalidOperationException>(
            options => options.MaskColumnName = "OwnMask", rows, "Column 'OwnMask', row 4", "a candidate meets somebody besides itself");
    }

    [TestMethod]
    public void Token_count_that_contradicts_the_row_is_refused()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.Free(10, maxTokens: 3);
        rows.ForEach(row => row.Number = 3);
        rows[0].Number = 0;
        var trainer = Trainers.Small(context, options => options.TokenCountColumnName = "Number");
        var view = Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows), options => (options.PadToMaxTokens, options.MaxTokens) = (true, 3));

        Expect.Error<InvalidOperationException>(() => trainer.Fit(view), "Column 'Number', row 0: expected 1 to 3 tokens, found 0");
        rows[0].Number = rows[0].PreviousEmbeddings.Length / Samples.Dimension;
        var error = Assert.Throws<InvalidOperationException>(() => trainer.Fit(view));
        Assert.Contains("as by the mask what follows is padding", error.Message);
    }

    [TestMethod]
    public void Row_longer_than_the_trained_length_is_refused()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context);
        var longer = Samples.Free(20, TokenRow.Tokens + 2).Where(row => row.PreviousEmbeddings.Length > TokenRow.Tokens * Samples.Dimension);
        var view = Trainers.Transformed(context, context.Data.LoadFromEnumerable(longer));

        Expect.Error<InvalidOperationException>(() => scorer.Scores(context, view), "Column 'Combined', row 0", "at most 6 tokens a half (the trainer's MaxTokens)");
    }

    private static void Fails<TException>(Action<Options>? configure, List<TokenRow> rows, params string[] phrases)
        where TException : Exception
    {
        var context = new MLContext(seed: 1);
        // The transform is fitted to the schema, which an empty list of rows has too.
        var view = Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
        Expect.Error<TException>(() => Trainers.Small(context, configure).Fit(view), phrases);
    }
}
