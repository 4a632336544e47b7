using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>How many tokens of all rows are real, where the sequences say it.</summary>
[TestClass]
public sealed class AnnotatedTokensTests
{
    private const int Tokens = 3;

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(Tokens)]
    public void From_one_to_all_are_scored(int tokens)
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
    public void As_many_as_no_row_has_are_refused(int tokens)
    {
        using var scorer = Scorer();
        var view = SequenceView.OfKnownSize(2, Tokens).Annotate(TransformedCopy.Combined, Padded(tokens));

        Expect.Error<ArgumentOutOfRangeException>(
            () => scorer.Transform(view),
            $"feature column 'Combined': expected an annotation AttentionMaskTokens of 1 to 3 tokens, got {tokens}.");
    }

    [TestMethod]
    public void Where_the_type_does_not_say_the_size_the_first_row_that_is_too_short_is_named()
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
    public void Where_nothing_is_padded_all_are_whatever_their_number_is_said_to_be()
    {
        using var scorer = Scorer();
        var view = SequenceView.OfKnownSize(2, Tokens)
            .Annotate(TransformedCopy.Combined, MaskAnnotationBuilder.Create(new MaskAnnotations(null, MaskRule.NextToken, Tokens - 1)));

        foreach (var row in scorer.Scores(Ml, view))
            Assert.IsTrue(Array.TrueForAll(row.TokenScores, float.IsFinite));
    }

    private static DataViewSchema.Annotations Padded(int tokens) => MaskAnnotationBuilder.Create(new MaskAnnotations(null, MaskRule.PaddedNextToken, tokens));

    private static NextTokenDiscriminatorScorer Scorer() => Trainers.Untrained(Ml, options => options.MaskColumnName = null);
}
