using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>A mask of one kind is not taken for one of another.</summary>
[TestClass]
public sealed class MaskMisuseTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(MaskKind.Allowed, MaskKind.Blocked, false)]
    [DataRow(MaskKind.Allowed, MaskKind.Blocked, true)]
    [DataRow(MaskKind.Blocked, MaskKind.Allowed, false)]
    [DataRow(MaskKind.Blocked, MaskKind.Allowed, true)]
    public void Kind_written_by_the_transform_overrides_the_option(MaskKind written, MaskKind option, bool asAnnotation)
    {
        var rows = Samples.View(Ml, 20);
        var column = asAnnotation ? null : "Mask";
        var view = Trainers.Transformed(Ml, rows, options => (options.MaskKind, options.MaskColumnName) = (written, column));
        using var expected = Trainers.Small(Ml).Fit(Trainers.Transformed(Ml, rows));

        using var scorer = Trainers.Small(Ml, options => (options.MaskKind, options.MaskColumnName) = (option, column)).Fit(view);

        Expect.SameWeights(expected.Weights(), scorer.Weights());
    }

    [TestMethod]
    public void Annotated_kind_is_used_without_the_rule_annotation()
    {
        var rows = Samples.View(Ml, 20);
        var view = TransformedCopy.Of(Transformed(MaskKind.Allowed, rows), saysMask: false).Annotate(TransformedCopy.Mask, TransformedCopy.Kind("Allowed"));
        using var expected = Trainers.Small(Ml).Fit(Trainers.Transformed(Ml, rows));

        using var scorer = Trainers.Small(Ml).Fit(view);

        Expect.SameWeights(expected.Weights(), scorer.Weights());
        Assert.AreEqual(MaskKind.Allowed, scorer.MaskKind, "What the training data said is how silent columns are read.");
        var silent = TransformedCopy.Of(Transformed(MaskKind.Allowed, rows), saysMask: false);
        Expect.Close(scorer.Scores(Ml, view), scorer.Scores(Ml, silent));
    }

    [TestMethod]
    [DataRow(MaskKind.Allowed, MaskKind.Blocked)]
    [DataRow(MaskKind.Blocked, MaskKind.Allowed)]
    public void Unannotated_mask_of_the_other_kind_is_refused(MaskKind written, MaskKind option)
    {
        var view = TransformedCopy.Of(Transformed(written, Samples.View(Ml, 20)), saysMask: false);

        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(Ml, options => options.MaskKind = option).Fit(view),
            "Column 'Mask', row 0: expected a mask that lets candidates see the context before them",
            "found one that follows the next-token rule exactly when inverted", $"set MaskKind.{written}", $"as MaskKind.{option}");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(4)]
    public void Padded_unannotated_mask_of_the_other_kind_is_refused(int tokens)
    {
        var rows = Samples.Free(30, 4).Where(row => row.PreviousEmbeddings.Length == tokens * Samples.Dimension).ToList();
        rows[0].Label = !rows[^1].Label;
        var view = TransformedCopy.Of(
            Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(rows), options => (options.MaskKind, options.PadToMaxTokens, options.MaxTokens) = (MaskKind.Allowed, true, 4)),
            saysMask: false);

        Expect.Error<InvalidOperationException>(() => Trainers.Small(Ml).Fit(view), "Column 'Mask', row 0", "exactly when inverted");
    }

    [TestMethod]
    public void Unannotated_mask_must_let_every_query_attend_itself()
    {
        const int Query = TokenRow.Tokens + 2;
        var staged = Transformed(MaskKind.Blocked, Samples.View(Ml, 20));
        Microsoft.ML.IDataView View() => TransformedCopy.Of(staged, saysMask: false, change: (row, mask) =>
        {
            if (row == 3)
                mask[Query * 2 * TokenRow.Tokens + Query] = true;
        });

        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(Ml).Fit(View()), "Column 'Mask', row 3: expected a mask under which every query may attend itself",
            $"found one that blocks query {Query} from itself", "AttentionMaskKind");
        using var said = Trainers.Small(Ml).Fit(((MlNetNtd.Tests.TestView)View()).Annotate(TransformedCopy.Mask, TransformedCopy.Kind("Blocked")));
        Assert.HasCount(2, said.History);
    }

    [TestMethod]
    public void Scorer_uses_the_annotation_of_each_view()
    {
        var rows = Samples.View(Ml, 20);
        var blocked = Transformed(MaskKind.Blocked, rows);
        using var scorer = Trainers.Small(Ml).Fit(blocked);
        var expected = scorer.Scores(Ml, blocked);

        foreach (var kind in Enum.GetValues<MaskKind>())
            Expect.Close(expected, scorer.Scores(Ml, Transformed(kind, rows)));
        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, TransformedCopy.Of(Transformed(MaskKind.Allowed, rows), saysMask: false)), "Column 'Mask', row 0", "exactly when inverted");
    }

    [TestMethod]
    [DataRow(MaskKind.Blocked)]
    [DataRow(MaskKind.Allowed)]
    public void Boolean_mask_converted_to_numbers_is_refused(MaskKind kind)
    {
        var view = Transformed(kind, Samples.View(Ml, 20));
        var converted = Ml.Transforms.Conversion.ConvertType("Mask", outputKind: DataKind.Single).Fit(view).Transform(view);

        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(Ml).Fit(converted), "Column 'Mask', row 0", "found ones and zeros alone, which block nothing");
    }

    [TestMethod]
    public void Kind_that_does_not_fit_the_column_is_refused()
    {
        var staged = Transformed(MaskKind.Blocked, Samples.View(Ml, 20));
        foreach (var (kind, phrase) in new[] { ("Additive", "expected a mask of Single"), ("Open", "expected an annotation AttentionMaskKind of Blocked, Allowed, Additive, got Open") })
        {
            var view = TransformedCopy.Of(staged, saysMask: false).Annotate(TransformedCopy.Mask, TransformedCopy.Kind(kind));
            Expect.Error<ArgumentOutOfRangeException>(() => Trainers.Small(Ml).Fit(view), "mask column 'Mask'", phrase);
        }
    }

    [TestMethod]
    public void Inverted_annotated_mask_is_refused_before_a_row_is_read()
    {
        // The mask of every row stands with the sequences, and nothing says its kind.
        var values = new bool[TokenRow.MaskLength];
        NextTokenMask.Fill(values, TokenRow.Tokens, TokenRow.Tokens, MaskKind.Allowed);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(
            AttentionMaskAnnotation.Name, new VectorDataViewType(BooleanDataViewType.Instance, TokenRow.MaskLength),
            (ValueGetter<VBuffer<bool>>)((ref VBuffer<bool> mask) => mask = new VBuffer<bool>(values.Length, [.. values])));
        var view = TransformedCopy.Of(Transformed(MaskKind.Blocked, Samples.View(Ml, 20)), saysMask: false)
            .Annotate(TransformedCopy.Combined, annotations.ToAnnotations());

        Expect.Error<ArgumentOutOfRangeException>(
            () => Trainers.Small(Ml, options => options.MaskColumnName = null).Fit(view),
            "feature column 'Combined'", "in the annotation AttentionMask", "exactly when inverted");
        Assert.IsEmpty(view.Asked.Where(columns => columns.Contains(TransformedCopy.Combined)));
        using var right = Trainers.Small(Ml, options => (options.MaskColumnName, options.MaskKind) = (null, MaskKind.Allowed)).Fit(view);
        Assert.HasCount(2, right.History);
    }

    private static IDataView Transformed(MaskKind kind, IDataView rows) => Trainers.Transformed(Ml, rows, options => options.MaskKind = kind);
}
