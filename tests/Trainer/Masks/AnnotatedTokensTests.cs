using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The number of real tokens of all rows as an annotation of the sequences.</summary>
[TestClass]
public sealed class AnnotatedTokensTests
{
    private const int Tokens = 3;

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(Tokens)]
    public void Annotated_number_of_tokens_is_scored(int tokens)
    {
        using var scorer = Scorer();
        var view = SequenceView.OfKnownSize(2, Tokens).Annotate(TransformedCopy.Combined, Padded(tokens));

        foreach (var row in scorer.Scores(Ml, view))
            CollectionAssert.AreEqual(Enumerable.Range(0, Tokens).Select(t => t < tokens).ToArray(), Array.ConvertAll(row.TokenScores, float.IsFinite));
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(0)]
    [DataRow(Tokens + 1)]
    public void Token_count_out_of_range_is_refused(int tokens)
    {
        using var scorer = Scorer();
        var view = SequenceView.OfKnownSize(2, Tokens).Annotate(TransformedCopy.Combined, Padded(tokens));

        Expect.Error<ArgumentOutOfRangeException>(
            () => scorer.Transform(view),
            $"feature column 'Combined': expected an annotation AttentionMaskTokens of 1 to 3 tokens, got {tokens}.");
    }

    [TestMethod]
    public void Too_short_row_of_unknown_size_is_named()
    {
        using var scorer = Scorer();

        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, SequenceView.Of(Tokens + 1, Tokens, Tokens - 1).Annotate(TransformedCopy.Combined, Padded(Tokens))),
            "Column 'Combined', row 2: expected at least 2 * 3 embeddings, as the annotation AttentionMaskTokens says, found 2 * 2.");
        Expect.Error<ArgumentOutOfRangeException>(
            () => scorer.Transform(SequenceView.Of(Tokens).Annotate(TransformedCopy.Combined, Padded(0))),
            "feature column 'Combined': expected an annotation AttentionMaskTokens of 1 to P tokens, got 0.");
    }

    [TestMethod]
    public void Rows_without_padding_are_scored_whole_whatever_the_annotation_says()
    {
        using var scorer = Scorer();
        var view = SequenceView.OfKnownSize(2, Tokens)
            .Annotate(TransformedCopy.Combined, MaskAnnotationBuilder.Create("NextToken", Tokens - 1));

        foreach (var row in scorer.Scores(Ml, view))
            Assert.IsTrue(Array.TrueForAll(row.TokenScores, float.IsFinite));
    }

    private static DataViewSchema.Annotations Padded(int tokens) => MaskAnnotationBuilder.Create("PaddedNextToken", tokens);

    private static NextTokenDiscriminatorScorer Scorer() => Trainers.Untrained(Ml, options => options.MaskColumnName = null);
}
