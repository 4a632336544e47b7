using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Only the input that a consumer needs is read, and only once.</summary>
[TestClass]
public sealed class LazinessTests
{
    private const int RowCount = 10;

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Transform_reads_no_row(EngineKind engine)
    {
        var view = KnownView();
        using var transformer = Fit(view, engine);
        transformer.Transform(view);
        transformer.GetOutputSchema(view.Schema);
        transformer.GetRowToRowMapper(view.Schema);
        Assert.AreEqual(0, view.Opened);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Only_the_mask_of_rows_of_known_size_reads_no_sequence(EngineKind engine)
    {
        var view = KnownView();
        using var transformer = Fit(view, engine);

        var masks = ViewReader.Vectors<bool>(transformer.Transform(view), Views.Mask);

        Assert.HasCount(RowCount, masks);
        foreach (var mask in masks)
            Expect.Same<bool>(Reference.Blocked(3), mask);
        AssertAsked(view);
        Assert.AreEqual(0, view.Reads(Views.Previous));
        Assert.AreEqual(0, view.Reads(Views.Current));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Only_the_token_count_of_rows_of_known_size_reads_no_sequence(EngineKind engine)
    {
        var view = KnownView();
        using var transformer = Fit(view, engine);
        CollectionAssert.AreEqual(
            Enumerable.Repeat(3, RowCount).ToArray(), ViewReader.Scalars<int>(transformer.Transform(view), "Tokens"));
        AssertAsked(view);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Mask_and_the_token_count_of_rows_of_unknown_size_read_each_row_once(EngineKind engine)
    {
        var rows = Sequences.Mixed(RowCount, 5, 2);
        var view = Views.Unknown(rows).WithEveryKindOfColumn();
        using var transformer = Fit(view, engine);

        var read = ViewReader.Rows(transformer.Transform(view), Views.Mask, "Tokens");

        for (var row = 0; row < RowCount; row++)
        {
            Expect.Same<bool>(Reference.Blocked(rows[row].Previous.Length / 2), (bool[])read[row][Views.Mask], $"Row {row}.");
            Assert.AreEqual(rows[row].Previous.Length / 2, read[row]["Tokens"]);
        }

        AssertAsked(view, Views.Previous, Views.Current);
        Assert.AreEqual(RowCount, view.Reads(Views.Previous));
        Assert.AreEqual(RowCount, view.Reads(Views.Current));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Only_the_combined_column_reads_the_two_sequences_once(EngineKind engine)
    {
        var view = KnownView();
        using var transformer = Fit(view, engine);
        Assert.HasCount(RowCount, ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined));
        AssertAsked(view, Views.Previous, Views.Current);
        Assert.AreEqual(RowCount, view.Reads(Views.Previous));
        Assert.AreEqual(RowCount, view.Reads(Views.Current));
        Assert.AreEqual(RowCount, view.Moves);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void All_added_columns_read_the_two_sequences_once(EngineKind engine)
    {
        var view = Views.Unknown(Sequences.Mixed(RowCount, 5, 2));
        using var transformer = Fit(view, engine);
        ViewReader.Rows(transformer.Transform(view), Views.Combined, Views.Mask, "Tokens");
        Assert.AreEqual(RowCount, view.Reads(Views.Previous));
        Assert.AreEqual(RowCount, view.Reads(Views.Current));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Passed_through_columns_read_nothing_else(EngineKind engine)
    {
        var view = KnownView();
        using var transformer = Fit(view, engine);
        CollectionAssert.AreEqual(Enumerable.Range(0, RowCount).ToArray(), ViewReader.Scalars<int>(transformer.Transform(view), "Number"));
        AssertAsked(view, "Number");
        Assert.AreEqual(0, view.Reads(Views.Previous));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Sequence_can_be_passed_through_beside_the_combined_column(EngineKind engine)
    {
        var rows = Sequences.Pairs(RowCount, 3, 2);
        var view = Views.Known(rows, 3, 2);
        using var transformer = Fit(view, engine);

        var read = ViewReader.Rows(transformer.Transform(view), Views.Combined, Views.Current, Views.Previous);

        for (var row = 0; row < RowCount; row++)
        {
            Expect.SameBits(rows[row].Previous, (float[])read[row][Views.Previous], $"Row {row}.");
            Expect.SameBits(rows[row].Current, (float[])read[row][Views.Current], $"Row {row}.");
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), (float[])read[row][Views.Combined], $"Row {row}.");
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Cursor_without_columns_counts_the_rows(EngineKind engine)
    {
        var view = KnownView();
        using var transformer = Fit(view, engine);
        using var cursor = transformer.Transform(view).GetRowCursor([]);
        var rows = 0;
        while (cursor.MoveNext())
            rows++;
        Assert.AreEqual(RowCount, rows);
        AssertAsked(view);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed, 1)]
    [DataRow(EngineKind.Torch, 4)]
    public void Managed_engine_does_not_read_ahead_and_the_Torch_engine_reads_one_block(EngineKind engine, int moves)
    {
        var view = KnownView();
        using var transformer = Fit(view, engine);
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor([output.Schema[Views.Combined]]);
        Assert.AreEqual(0, view.Moves);
        Assert.IsTrue(cursor.MoveNext());
        Assert.AreEqual(moves, view.Moves);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Consumer_may_stop_half_way(EngineKind engine)
    {
        var rows = Sequences.Pairs(RowCount, 3, 2);
        var view = Views.Known(rows, 3, 2);
        using var transformer = Fit(view, engine);
        var output = transformer.Transform(view);
        using (var cursor = output.GetRowCursor([output.Schema[Views.Combined]]))
        {
            var getter = cursor.GetGetter<VBuffer<float>>(output.Schema[Views.Combined]);
            var combined = default(VBuffer<float>);
            for (var row = 0; row < 5; row++)
            {
                Assert.IsTrue(cursor.MoveNext());
                getter(ref combined);
                Expect.SameBits(Reference.Combined([0, 0], rows[row]), [.. combined.DenseValues()], $"Row {row}.");
            }

            Assert.AreEqual(0, view.Disposed);
        }

        Assert.AreEqual(1, view.Opened);
        Assert.AreEqual(1, view.Disposed);
        Assert.IsLessThan(RowCount, view.Moves);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Row_may_be_skipped_unread(EngineKind engine)
    {
        var rows = Sequences.Mixed(RowCount, 5, 2);
        var view = Views.Unknown(rows);
        using var transformer = Fit(view, engine);
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);
        var combined = ViewReader.Reader(cursor, output.Schema[Views.Combined]);
        for (var row = 0; cursor.MoveNext(); row++)
        {
            if (row % 3 == 2)
                Expect.SameBits(Reference.Combined([0, 0], rows[row]), (float[])combined(), $"Row {row}.");
        }
    }

    private static TestView KnownView() => Views.Known(Sequences.Pairs(RowCount, 3, 2), 3, 2).WithEveryKindOfColumn();

    private static NextTokenDiscriminatorTransformer Fit(TestView view, EngineKind engine) => Transformers.Fit(view, options =>
    {
        (options.Engine, options.BatchSize, options.EmbeddingDimension) = (engine, 4, 2);
        options.TokenCountColumnName = "Tokens";
    });

    private static void AssertAsked(TestView view, params string[] columns)
    {
        Assert.AreEqual(1, view.Opened);
        CollectionAssert.AreEqual(columns, view.Asked[0]);
    }
}
