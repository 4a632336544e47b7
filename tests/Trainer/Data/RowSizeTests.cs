using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>
/// The length of sequences is checked by their type before a row is read, and by each row where the type does not state it.
/// </summary>
[TestClass]
public sealed class RowSizeTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Type_of_more_tokens_than_trained_is_refused_before_a_row_is_read()
    {
        using var scorer = Scorer();
        var longer = SequenceView.OfKnownSize(2, TokenRow.Tokens + 1);

        Assert.HasCount(2, scorer.Scores(Ml, SequenceView.OfKnownSize(2, TokenRow.Tokens)));
        Expect.Error<ArgumentOutOfRangeException>(
            () => scorer.Transform(longer), "feature column 'Combined': expected at most 6 tokens a half (the trainer's MaxTokens), got Vector<Single, 14, 8>");
        Assert.AreEqual(0, longer.Opened);
    }

    /// <summary>Neither the options nor the type: not even where the halves' embeddings end is known.</summary>
    [TestMethod]
    public void Rows_of_unknown_dimension_are_refused_before_one_is_read()
    {
        var view = new TestView(2)
            .Vector(TransformedCopy.Combined, new VectorDataViewType(NumberDataViewType.Single), _ => new float[2 * Samples.Dimension])
            .Scalar("Label", BooleanDataViewType.Instance, row => row == 0);

        Expect.Error<ArgumentOutOfRangeException>(
            () => Trainers.Small(Ml, options => options.MaskColumnName = "").Fit(view),
            "feature column 'Combined'", "Its type does not say C: set EmbeddingDimension.");
        Assert.AreEqual(0, view.Opened);
    }

    [TestMethod]
    public void Row_of_more_tokens_than_trained_is_refused()
    {
        using var scorer = Scorer();

        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, SequenceView.Of(1, TokenRow.Tokens, TokenRow.Tokens + 1)),
            "Column 'Combined', row 2: expected at most 6 tokens a half (the trainer's MaxTokens), found 7.");
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(15)]
    [DataRow(24)]
    public void Row_that_is_not_two_halves_is_named(int length)
    {
        using var scorer = Scorer();
        var view = new TestView(3).Vector(
            TransformedCopy.Combined, new VectorDataViewType(NumberDataViewType.Single), row => new float[row == 1 ? length : 4 * Samples.Dimension]);

        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, view),
            $"Column 'Combined', row 1: expected a multiple of 16 values, two halves of embeddings of dimension 8, found {length}.");
    }

    private static NextTokenDiscriminatorScorer Scorer() => Trainers.Untrained(Ml, options => options.MaskColumnName = null);
}
