using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Masks of a column: sparse or dense, and of the size of their rows.</summary>
[TestClass]
public sealed class MaskColumnTests
{
    private static readonly MLContext Ml = new(seed: 1);

    // Longer ones behind shorter ones and shorter ones behind longer ones.
    private static readonly int[] Tokens = [2, 4, 1, 4, 3];

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Sparse_mask_equals_the_dense_one(bool flags)
    {
        using var scorer = Trainers.Untrained(Ml);
        using var one = Trainers.Untrained(Ml, options => options.BatchSize = 1);
        var expected = scorer.Scores(Ml, View(flags, sparse: false));

        Expect.Close(expected, scorer.Scores(Ml, View(flags, sparse: true)));
        // A row alone is not padded: its mask is its own.
        Expect.Close(expected, one.Scores(Ml, View(flags, sparse: true)));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Mask_of_another_size_than_its_rows_is_named(bool flags)
    {
        using var scorer = Trainers.Untrained(Ml);

        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, View(flags, sparse: false, bad: 4)),
            "Column 'Mask', row 4: expected 36 values, 6 * 6, as column 'Combined' has 2 * 3 embeddings, found 35.");
    }

    // A mask of the row's own, under which every query meets itself and the first position.
    private static bool[] Blocked(long row)
    {
        var (random, side) = (new Random((int)row), 2 * Tokens[row]);
        return [.. Enumerable.Range(0, side * side).Select(i => i % side != 0 && i % side != i / side && random.Next(2) == 0)];
    }

    private static TestView View(bool flags, bool sparse, long? bad = null)
    {
        var view = SequenceView.Of(Tokens);
        return flags
            ? view.Vector(TransformedCopy.Mask, new VectorDataViewType(BooleanDataViewType.Instance), row => Cut(Blocked(row), row), sparse)
            : view.Vector(
                TransformedCopy.Mask, new VectorDataViewType(NumberDataViewType.Single),
                row => Cut(Array.ConvertAll(Blocked(row), blocked => blocked ? float.NegativeInfinity : 0f), row), sparse);

        T[] Cut<T>(T[] mask, long row) => row == bad ? mask[1..] : mask;
    }
}
