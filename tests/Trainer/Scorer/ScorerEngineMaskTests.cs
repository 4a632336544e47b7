using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Rows whose masks depart from the next-token rule: Auto leaves them to the Torch engine, Managed refuses them.</summary>
[TestClass]
public sealed class ScorerEngineMaskTests
{
    private const int Side = 2 * TokenRow.Tokens;
    private const string Expected = "a mask that follows the next-token rule, because Engine = Managed computes no other";
    private const string Found = "another mask. Use Engine = Auto or Torch";

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(64)]
    public void Auto_scores_rows_with_and_without_a_mask_of_their_own_in_one_batch(int batchSize)
    {
        using var auto = Trainers.Untrained(Ml, options => options.BatchSize = batchSize);
        using var torch = auto.WithEngine(EngineKind.Torch);
        var view = View(departs: row => row % 3 == 1);

        var (expected, found) = (torch.Scores(Ml, view), auto.Scores(Ml, view));

        Assert.AreEqual(EngineKind.Auto, auto.Engine);
        for (var row = 0; row < expected.Count; row++)
            Expect.Close(expected[row].TokenScores, found[row].TokenScores, 1e-5);
        // The masks are not left out: they change scores.
        Assert.AreNotEqual(torch.Scores(Ml, View(departs: _ => false))[1].Score, expected[1].Score, 1e-4f);
    }

    [TestMethod]
    public void Auto_scores_rows_that_all_have_a_mask_of_their_own()
    {
        using var auto = Trainers.Untrained(Ml);
        using var torch = auto.WithEngine(EngineKind.Torch);
        var view = View(departs: _ => true);

        foreach (var (expected, found) in torch.Scores(Ml, view).Zip(auto.Scores(Ml, view)))
            Expect.Close(expected.TokenScores, found.TokenScores, 1e-5);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(64)]
    public void Managed_names_the_row_whose_mask_departs_from_the_rule(int batchSize)
    {
        using var managed = Trainers.Untrained(Ml, options => options.BatchSize = batchSize).WithEngine(EngineKind.Managed);

        var error = Assert.ThrowsExactly<InvalidRowException>(() => managed.Scores(Ml, View(departs: row => row == 5)));

        Assert.AreEqual((TransformedCopy.Mask, 5L, Expected, Found), (error.ColumnName, error.Row, error.Expected, error.Found));
        Assert.AreEqual($"Column 'Mask', row 5: expected {Expected}, found {Found}.", error.Message);
    }

    [TestMethod]
    public void Managed_names_the_sequences_whose_annotated_mask_departs_from_the_rule()
    {
        using var managed = Trainers.Untrained(Ml, options => options.MaskColumnName = null).WithEngine(EngineKind.Managed);
        var view = SequenceView.OfKnownSize(2, TokenRow.Tokens).Annotate(
            TransformedCopy.Combined, MaskAnnotationBuilder.Create(Microsoft.ML.Data.NumberDataViewType.Single, new float[Side * Side]));

        var error = Assert.ThrowsExactly<InvalidRowException>(() => managed.Scores(Ml, view));

        Assert.AreEqual((TransformedCopy.Combined, 0L, Expected), (error.ColumnName, error.Row, error.Expected));
    }

    [TestMethod]
    public void Managed_skips_the_row_whose_mask_departs_from_the_rule_under_the_skip_policy()
    {
        using var managed = Trainers.Untrained(Ml, options => options.BadRowPolicy = BadRowPolicy.Skip).WithEngine(EngineKind.Managed);

        var scores = managed.Scores(Ml, View(departs: row => row == 5));

        CollectionAssert.AreEqual(new[] { 5 }, Enumerable.Range(0, scores.Count).Where(row => float.IsNaN(scores[row].Score)).ToArray());
    }

    [TestMethod]
    public void Managed_scores_masks_that_follow_the_rule()
    {
        using var managed = Trainers.Untrained(Ml).WithEngine(EngineKind.Managed);
        using var torch = managed.WithEngine(EngineKind.Torch);
        var view = View(departs: _ => false);

        foreach (var (expected, found) in torch.Scores(Ml, view).Zip(managed.Scores(Ml, view)))
            Expect.Close(expected.TokenScores, found.TokenScores, 1e-5);
    }

    // A view that reads its masks. One that departs hides the initial embedding from the last candidate.
    private static TestView View(Func<long, bool> departs) => TransformedCopy.Of(
        Trainers.Transformed(Ml, Samples.View(Ml, 8)), saysMask: false,
        (row, blocked) => blocked[(Side - 1) * Side] |= departs(row));
}
