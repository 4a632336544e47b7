using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Masks are read only where no annotation states the rule.</summary>
[TestClass]
public sealed class MaskReaderTests
{
    private const int MaxTokens = 5;

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Mask_column_annotated_as_the_rule_is_not_read()
    {
        var staged = Transformed();
        using var expected = Trainers.Small(Ml).Fit(TransformedCopy.Of(staged, saysMask: false));
        var view = TransformedCopy.Of(staged, saysMask: true);
        using var scorer = Trainers.Small(Ml).Fit(view);

        Expect.SameWeights(expected.Weights(), scorer.Weights());
        Expect.Close(expected.Scores(Ml, TransformedCopy.Of(staged, saysMask: false)), scorer.Scores(Ml, view));
        Assert.IsFalse(view.WasAskedFor(TransformedCopy.Mask));
        Assert.IsTrue(view.WasAskedFor(TransformedCopy.Combined));
    }

    [TestMethod]
    public void Rows_of_different_lengths_need_no_mask_column()
    {
        var rows = Ml.Data.LoadFromEnumerable(Samples.Free(30, MaxTokens));
        var staged = Trainers.Transformed(Ml, rows, options => options.MaskColumnName = null);
        // The copy does not say how long its rows can be.
        using var expected = Trainers.Small(Ml, options => options.MaxTokens = MaxTokens).Fit(Trainers.Transformed(Ml, rows));
        foreach (var saysMask in new[] { true, false })
        {
            var view = TransformedCopy.Of(staged, saysMask);
            using var scorer = Trainers.Small(Ml, options => (options.MaskColumnName, options.MaxTokens) = (null, MaxTokens)).Fit(view);

            Expect.SameWeights(expected.Weights(), scorer.Weights());
            Expect.Close(expected.Scores(Ml, Trainers.Transformed(Ml, rows)), scorer.Scores(Ml, view));
        }
    }

    [TestMethod]
    public void Unannotated_mask_column_is_read_row_by_row()
    {
        // From the seventh row on, candidates may see the whole context.
        var view = TransformedCopy.Of(Transformed(), saysMask: false, change: (row, mask) =>
        {
            var side = (int)Math.Sqrt(mask.Length);
            for (var query = side / 2; query < side && row >= 6; query++)
                mask.AsSpan(query * side, side / 2).Clear();
        });
        using var scorer = Trainers.Small(Ml).Fit(view);
        using var network = scorer.CreateNetwork();

        var found = scorer.Scores(Ml, view);

        var sequences = view.GetColumn<float[]>(TransformedCopy.Combined).ToArray();
        var masks = view.GetColumn<bool[]>(TransformedCopy.Mask).ToArray();
        for (var row = 0; row < found.Count; row++)
        {
            var side = 2 * TokenRow.Tokens;
            using var sequence = TorchSharp.torch.tensor(sequences[row]).reshape(1, side, TokenRow.Dimension);
            using var mask = TorchSharp.torch.tensor(masks[row]).reshape(side, side);
            Expect.Close(network.forward(sequence, mask).data<float>().ToArray(), found[row].TokenScores);
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Padded_rows_need_a_mask_or_the_token_count_of_the_transform(bool named)
    {
        var staged = Padded();
        var (view, silent) = (TransformedCopy.Of(staged, saysMask: true), TransformedCopy.Of(staged, saysMask: false));
        using var expected = Trainers.Small(Ml).Fit(silent);
        using var scorer = Trainers.Small(Ml, options => options.TokenCountColumnName = named ? TransformedCopy.Count : null).Fit(view);

        Expect.SameWeights(expected.Weights(), scorer.Weights());
        Expect.Close(expected.Scores(Ml, silent), scorer.Scores(Ml, view));
        Assert.AreEqual(!named, view.WasAskedFor(TransformedCopy.Mask));
    }

    [TestMethod]
    public void Unannotated_token_count_is_checked_against_the_mask()
    {
        var staged = Padded();
        var view = TransformedCopy.Of(staged, saysMask: true);
        view.Annotate(TransformedCopy.Count, new DataViewSchema.Annotations.Builder().ToAnnotations());

        using var scorer = Trainers.Small(Ml, options => options.TokenCountColumnName = TransformedCopy.Count).Fit(view);

        Assert.IsTrue(view.WasAskedFor(TransformedCopy.Mask));
    }

    [TestMethod]
    public void Padded_rows_with_neither_mask_nor_count_are_refused()
    {
        var view = Trainers.Transformed(
            Ml, Ml.Data.LoadFromEnumerable(Samples.Free(30, MaxTokens)), options => (options.PadToMaxTokens, options.MaxTokens) = (true, MaxTokens));

        Expect.Error<ArgumentOutOfRangeException>(
            () => Trainers.Small(Ml, options => options.MaskColumnName = null).Fit(view),
            "feature column 'Combined': expected padding that can be told from tokens", "MaskColumnName is null", "PaddedNextToken", "TokenCountColumnName");
    }

    [TestMethod]
    public void Padding_of_rows_of_one_length_is_read_from_the_schema()
    {
        var rows = Samples.View(Ml, 20);
        var view = Trainers.Transformed(Ml, rows, options => (options.PadToMaxTokens, options.MaxTokens) = (true, TokenRow.Tokens + 2));
        using var expected = Trainers.Small(Ml, options => options.MaxTokens = TokenRow.Tokens + 2).Fit(Trainers.Transformed(Ml, rows));
        foreach (var mask in new[] { TransformedCopy.Mask, null })
        {
            var copy = TransformedCopy.Of(view, saysMask: true);
            using var scorer = Trainers.Small(Ml, options => (options.MaxTokens, options.MaskColumnName) = (TokenRow.Tokens + 2, mask)).Fit(copy);

            var scores = scorer.Scores(Ml, copy);
            Assert.IsFalse(copy.WasAskedFor(TransformedCopy.Mask));
            Assert.AreEqual(2, scores[0].TokenScores.Count(float.IsNaN));
            Assert.AreEqual(expected.Scores(Ml, Trainers.Transformed(Ml, rows))[0].Score, scores[0].Score, 2e-3f);
        }
    }

    [TestMethod]
    public void Contradicting_annotations_are_resolved_by_the_mask_values()
    {
        var padded = Padded();
        var view = TransformedCopy.Of(padded, saysMask: true);
        // The mask column looks like that of another transform, whose rows are not padded.
        view.Annotate(TransformedCopy.Mask, Transformed().Schema["Mask"].Annotations);
        using var expected = Trainers.Small(Ml).Fit(TransformedCopy.Of(padded, saysMask: false));

        using var scorer = Trainers.Small(Ml).Fit(view);

        Assert.IsTrue(view.WasAskedFor(TransformedCopy.Mask));
        Expect.SameWeights(expected.Weights(), scorer.Weights());
    }

    [TestMethod]
    public void Separate_mask_column_overrides_the_sequence_annotations()
    {
        var rows = Samples.Fixed(20);
        var view = Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(rows));
        using var own = Trainers.Small(Ml, options => options.MaskColumnName = nameof(TokenRow.OwnMask)).Fit(view);
        using var rule = Trainers.Small(Ml).Fit(view);

        // OwnMask blocks nothing.
        Assert.AreNotEqual(rule.Scores(Ml, view)[0].Score, own.Scores(Ml, view)[0].Score);
    }

    [TestMethod]
    public void Log_says_where_masks_come_from()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.Message);

        using var said = Trainers.Small(context).Fit(TransformedCopy.Of(Transformed(), saysMask: true));
        using var silent = Trainers.Small(context).Fit(TransformedCopy.Of(Transformed(), saysMask: false));
        using var none = Trainers.Small(context, options => options.MaskColumnName = null).Fit(TransformedCopy.Of(Transformed(), saysMask: false));

        Logged("Mask of the training rows: the next-token rule, by the annotation AttentionMaskRule of column 'Mask'; no mask is read");
        Logged("Mask of the training rows: the values of column 'Mask', row by row; 40 of 40 follow the next-token rule");
        Logged("Mask of the training rows: the next-token rule: MaskColumnName is null");

        void Logged(string phrase) => Assert.IsTrue(lines.Any(line => line.Contains(phrase, StringComparison.Ordinal)), phrase);
    }

    private static IDataView Transformed() => Trainers.Transformed(Ml, Samples.View(Ml, 40));

    private static IDataView Padded() => Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(Samples.Free(30, MaxTokens)), options =>
        (options.PadToMaxTokens, options.MaxTokens, options.TokenCountColumnName) = (true, MaxTokens, TransformedCopy.Count));
}
