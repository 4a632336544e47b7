using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>ML.NET's views before the transform.</summary>
[TestClass]
public sealed class InputViewTests
{
    private const int BatchSize = 4;

    [TestMethod]
    [DataRow(EngineKind.Managed, 0)]
    [DataRow(EngineKind.Managed, 9)]
    [DataRow(EngineKind.Torch, 0)]
    [DataRow(EngineKind.Torch, 1)]
    [DataRow(EngineKind.Torch, BatchSize - 1)]
    [DataRow(EngineKind.Torch, BatchSize)]
    [DataRow(EngineKind.Torch, BatchSize + 1)]
    [DataRow(EngineKind.Torch, 3 * BatchSize)]
    public void Any_number_of_rows_from_memory_is_read(EngineKind engine, int count)
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Shaped(count);
        AssertRows(rows, Read(context, engine, context.Data.LoadFromEnumerable(rows)));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Empty_view_has_no_rows_and_reads_none(EngineKind engine)
    {
        var view = Views.Known([], 3, 2);
        using var transformer = Transformers.Fit(view, options => options.Engine = engine);
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);
        Assert.AreEqual(-1, cursor.Position);
        Assert.IsFalse(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
        Assert.AreEqual(0, view.Reads(Views.Previous));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Shuffled_view_keeps_each_row_together(EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Shaped(30);
        var read = Read(context, engine, context.Data.ShuffleRows(context.Data.LoadFromEnumerable(rows), seed: 5));
        AssertSameRowsInAnyOrder(rows, read);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_shuffles_where_the_input_does(EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Shaped(30);
        var view = context.Data.Cache(context.Data.LoadFromEnumerable(rows));
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, BatchSize), context);
        var output = transformer.Transform(view);

        Assert.AreEqual(view.CanShuffle, output.CanShuffle);
        var columns = ViewReader.Columns(output.Schema, Views.Combined, Views.Mask, nameof(ShapedRow.Number), nameof(ShapedRow.Text));
        using var cursor = output.GetRowCursor(columns, new Random(3));
        AssertSameRowsInAnyOrder(rows, ViewReader.Rows(cursor, columns));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Cached_view_can_be_read_again_and_again(EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Shaped(10);
        var view = context.Data.Cache(context.Data.LoadFromEnumerable(rows));
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, BatchSize), context);
        var output = transformer.Transform(view);
        for (var time = 0; time < 3; time++)
            AssertRows(rows, ViewReader.Rows(output, Views.Combined, Views.Mask, nameof(ShapedRow.Number), nameof(ShapedRow.Text)));
    }

    [TestMethod]
    public void Skip_and_take_agree_before_and_after_the_transform()
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Shaped(20);
        var view = context.Data.LoadFromEnumerable(rows);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, BatchSize), context);
        var before = transformer.Transform(context.Data.TakeRows(context.Data.SkipRows(view, 5), 9));
        var behind = context.Data.TakeRows(context.Data.SkipRows(transformer.Transform(view), 5), 9);
        string[] columns = [Views.Combined, Views.Mask, nameof(ShapedRow.Number), nameof(ShapedRow.Text)];
        AssertRows(rows[5..14], ViewReader.Rows(before, columns));
        AssertRows(rows[5..14], ViewReader.Rows(behind, columns));
    }

    [TestMethod]
    public void Row_count_is_that_of_the_input()
    {
        var view = Views.Known(Sequences.Pairs(7, 3, 2), 3, 2);
        using var transformer = Transformers.Fit(view);
        Assert.AreEqual(7, transformer.Transform(view).GetRowCount());
        Assert.AreEqual(0, view.Opened);
    }

    private static List<RowCopy> Read(MLContext context, EngineKind engine, IDataView view)
    {
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, BatchSize), context);
        return ViewReader.Rows(
            transformer.Transform(view), Views.Combined, Views.Mask, nameof(ShapedRow.Number), nameof(ShapedRow.Text));
    }

    private static void AssertSameRowsInAnyOrder(List<ShapedRow> expected, List<RowCopy> actual)
    {
        var numbers = actual.Select(row => (int)row[nameof(ShapedRow.Number)]).ToArray();
        CollectionAssert.AreEquivalent(expected.Select(row => row.Number).ToArray(), numbers);
        CollectionAssert.AreNotEqual(expected.Select(row => row.Number).ToArray(), numbers, "Nothing was shuffled.");
        AssertRows([.. numbers.Select(number => expected[number])], actual);
    }

    private static void AssertRows(List<ShapedRow> expected, List<RowCopy> actual)
    {
        Assert.HasCount(expected.Count, actual);
        for (var row = 0; row < expected.Count; row++)
        {
            var pair = new SequencePair(expected[row].PreviousEmbeddings, expected[row].CurrentEmbeddings);
            Expect.SameBits(
                Reference.Combined(new float[TestRows.Dimension], pair), (float[])actual[row][Views.Combined], $"Row {row}.");
            Expect.Same<bool>(Reference.Blocked(TestRows.Tokens), (bool[])actual[row][Views.Mask], $"Row {row}.");
            Assert.AreEqual(expected[row].Number, actual[row][nameof(ShapedRow.Number)]);
            Assert.AreEqual(expected[row].Text, actual[row][nameof(ShapedRow.Text)]);
        }
    }
}
