using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Cursors over scores: what they read of the input and when.</summary>
[TestClass]
public sealed class ScoringCursorTests
{
    private const int Tokens = 3;

    private static readonly MLContext Ml = new(seed: 1);

    /// <summary>With batches of one row nothing is read ahead.</summary>
    [TestMethod]
    public void Batch_of_one_row_is_read_once_and_only_when_a_score_is_requested()
    {
        using var scorer = Scorer(batchSize: 1);
        var view = SequenceView.OfKnownSize(4, Tokens);
        var expected = scorer.Scores(Ml, view);
        var before = view.Reads(TransformedCopy.Combined);
        var scored = scorer.Transform(view);
        using var cursor = scored.GetRowCursor([scored.Schema["Score"], scored.Schema["Probability"]]);
        var (score, probability) = (cursor.GetGetter<float>(scored.Schema["Score"]), cursor.GetGetter<float>(scored.Schema["Probability"]));
        var value = 0f;

        Expect.Error<InvalidOperationException>(() => score(ref value), "There is no current row");
        Assert.IsTrue(cursor.MoveNext());
        Assert.IsTrue(cursor.MoveNext());
        Assert.AreEqual(before, view.Reads(TransformedCopy.Combined));

        score(ref value);
        Assert.AreEqual(expected[1].Score, value);
        probability(ref value);
        Assert.AreEqual(expected[1].Probability, value);
        Assert.AreEqual(before + 1, view.Reads(TransformedCopy.Combined));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Failed_cursor_creation_leaves_no_input_open(int batchSize)
    {
        var broken = new TestView(4) { GetterFailsOf = TransformedCopy.Combined }.Vector(
            TransformedCopy.Combined, new VectorDataViewType(NumberDataViewType.Single, 2 * Tokens, Samples.Dimension), _ => new float[2 * Tokens * Samples.Dimension]);
        var whole = SequenceView.OfKnownSize(4, Tokens);
        var scorer = Scorer(batchSize);
        var (ofBroken, ofWhole) = (scorer.Transform(broken), scorer.Transform(whole));

        Expect.Error<IOException>(() => ofBroken.GetRowCursor(ofBroken.Schema), "The input has no 'Combined'.");
        scorer.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => ofWhole.GetRowCursor(ofWhole.Schema));

        Assert.AreEqual((1, 1), (broken.Opened, broken.Disposed));
        Assert.AreEqual((1, 1), (whole.Opened, whole.Disposed));
    }

    [TestMethod]
    public void Batch_size_is_limited_to_a_million_rows()
    {
        using var scorer = Scorer(1 << 20);

        Assert.AreEqual(1 << 20, scorer.BatchSize);
        Expect.Error<ArgumentException>(() => Scorer((1 << 20) + 1), "BatchSize: expected 1 to 1048576 rows, found 1048577.");
    }

    private static NextTokenDiscriminatorScorer Scorer(int batchSize) =>
        Trainers.Untrained(Ml, options => (options.MaskColumnName, options.BatchSize) = (null, batchSize));
}
