using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Invalid rows are reported, and the valid rows of a view are served.</summary>
[TestClass]
public sealed class BadRowTests
{
    private const int Bad = 5;

    public static IEnumerable<object[]> Engines =>
    [
        [EngineKind.Managed, 1],
        [EngineKind.Torch, 1],
        [EngineKind.Torch, 4],
        [EngineKind.Torch, Bad],
        [EngineKind.Torch, 100],
    ];

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Length_that_is_not_a_multiple_of_the_dimension_is_reported(EngineKind engine, int batchSize) => Reports(
        "Column 'PreviousEmbeddings', row 5: expected a multiple of 2 values (EmbeddingDimension), found 5.",
        new([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), engine, batchSize);

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Columns_of_different_length_are_reported(EngineKind engine, int batchSize) => Reports(
        "Column 'CurrentEmbeddings', row 5: expected 4 values as in column 'PreviousEmbeddings', found 6.",
        new([1, 2, 3, 4], [1, 2, 3, 4, 5, 6]), engine, batchSize);

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void More_than_MaxTokens_is_reported(EngineKind engine, int batchSize) => Reports(
        "Column 'PreviousEmbeddings', row 5: expected at most 4 tokens (the transform's MaxTokens), found 5.",
        new(new float[10], new float[10]), engine, batchSize);

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Empty_row_is_reported(EngineKind engine, int batchSize) => Reports(
        "Column 'PreviousEmbeddings', row 5: expected at least one token of 2 values, found none.", new([], []), engine, batchSize);

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Empty_column_is_reported(EngineKind engine, int batchSize) => Reports(
        "Column 'CurrentEmbeddings', row 5: expected 4 values as in column 'PreviousEmbeddings', found 0.",
        new([1, 2, 3, 4], []), engine, batchSize);

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Length_other_than_that_of_the_column_type_is_reported(EngineKind engine, int batchSize)
    {
        var rows = Sequences.Pairs(9, 3, 2);
        rows[Bad] = new SequencePair(new float[4], new float[4]);
        Reports(
            "Column 'PreviousEmbeddings', row 5: expected 6 values as the schema says, found 4.",
            Views.Known(rows, 3, 2), rows, engine, batchSize);
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Bad_row_in_a_parallel_set_is_reported_by_its_cursor(EngineKind engine, int batchSize)
    {
        var rows = Sequences.Mixed(30, 4, 2);
        rows[Bad] = new SequencePair(new float[5], new float[5]);
        var view = new TestView(30) { MaxCursors = 3, BatchRows = 2 }
            .Vector(Views.Previous, new(NumberDataViewType.Single), row => rows[row].Previous)
            .Vector(Views.Current, new(NumberDataViewType.Single), row => rows[row].Current)
            .Scalar("Number", NumberDataViewType.Int32, row => (int)row);
        using var transformer = Fit(view, engine, batchSize);
        var output = transformer.Transform(view);
        var (served, failures) = (new List<RowCopy>(), new List<string>());
        foreach (var cursor in output.GetRowCursorSet(output.Schema, 3))
        {
            using (cursor)
            {
                try
                {
                    ViewReader.Into(served, cursor, ViewReader.Columns(output.Schema));
                }
                catch (InvalidOperationException e)
                {
                    failures.Add(e.Message);
                }
            }
        }

        // Batches of two rows go round: row 5 is the second of the third cursor.
        CollectionAssert.AreEqual(
            new[] { "Column 'PreviousEmbeddings', row 1: expected a multiple of 2 values (EmbeddingDimension), found 5." }, failures);
        CollectionAssert.AreEqual(
            Enumerable.Range(0, 30).Where(row => row / 2 % 3 != 2 || row < Bad).ToArray(),
            served.Select(row => (int)row["Number"]).Order().ToArray());
        foreach (var row in served)
            Expect.SameBits(Reference.Combined([0, 0], rows[(int)row["Number"]]), (float[])row[Views.Combined]);
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Failing_input_is_reported_after_the_rows_before(EngineKind engine, int batchSize)
    {
        var rows = Sequences.Mixed(9, 4, 2);
        var view = new TestView(9) { MoveNextFailsAt = Bad }
            .Vector(Views.Previous, new(NumberDataViewType.Single), row => rows[row].Previous)
            .Vector(Views.Current, new(NumberDataViewType.Single), row => rows[row].Current);
        using var transformer = Fit(view, engine, batchSize);
        var served = new List<RowCopy>();
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);

        Expect.Error<IOException>("The input broke at row 5.", () => ViewReader.Into(served, cursor, ViewReader.Columns(output.Schema)));

        AssertServed(rows[..Bad], served);
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Failing_passed_through_column_is_reported_after_the_rows_before(EngineKind engine, int batchSize)
    {
        var rows = Sequences.Mixed(9, 4, 2);
        var view = Views.Unknown(rows).Scalar(
            "Number", NumberDataViewType.Int32, row => row == Bad ? throw new IOException("Number cannot be read.") : (int)row);
        using var transformer = Fit(view, engine, batchSize);
        var served = new List<RowCopy>();
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);

        Expect.Error<IOException>("Number cannot be read.", () => ViewReader.Into(served, cursor, ViewReader.Columns(output.Schema)));

        AssertServed(rows[..Bad], served);
        CollectionAssert.AreEqual(Enumerable.Range(0, Bad).ToArray(), served.Select(row => row["Number"]).ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Failing_sequence_is_reported_after_the_rows_before(EngineKind engine, int batchSize)
    {
        var rows = Sequences.Mixed(9, 4, 2);
        var view = new TestView(9)
            .Vector(Views.Previous, new(NumberDataViewType.Single), row => rows[row].Previous)
            .Vector(Views.Current, new(NumberDataViewType.Single), row => row == Bad ? throw new IOException("Current cannot be read.") : rows[row].Current);
        using var transformer = Fit(view, engine, batchSize);
        var served = new List<RowCopy>();
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(ViewReader.Columns(output.Schema, Views.Combined, Views.Mask));

        Expect.Error<IOException>(
            "Current cannot be read.", () => ViewReader.Into(served, cursor, ViewReader.Columns(output.Schema, Views.Combined, Views.Mask)));

        AssertServed(rows[..Bad], served);
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(Bad)]
    public void Failed_input_leaves_no_current_row(int batchSize)
    {
        var rows = Sequences.Pairs(9, 3, 2);
        var view = new TestView(9) { MoveNextFailsAt = Bad }
            .Vector(Views.Previous, new(NumberDataViewType.Single, 3, 2), row => rows[row].Previous)
            .Vector(Views.Current, new(NumberDataViewType.Single, 3, 2), row => rows[row].Current);
        using var transformer = Fit(view, EngineKind.Torch, batchSize);
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);
        var read = ViewReader.Reader(cursor, output.Schema[Views.Combined]);
        for (var row = 0; row < Bad; row++)
            Assert.IsTrue(cursor.MoveNext());

        for (var time = 0; time < 2; time++)
        {
            Expect.Error<IOException>("The input broke at row 5.", () => cursor.MoveNext());
            Assert.AreEqual(-1, cursor.Position);
            Expect.Error<InvalidOperationException>(
                "There is no current row: call MoveNext, and read only while it returns true.", () => read());
        }
    }

    private static void Reports(string message, SequencePair bad, EngineKind engine, int batchSize)
    {
        var rows = Sequences.Mixed(9, 4, 2);
        rows[Bad] = bad;
        Reports(message, Views.Unknown(rows), rows, engine, batchSize);
    }

    /// <summary>All other rows are right, before and after; the bad one reports itself from each own column.</summary>
    private static void Reports(string message, TestView view, SequencePair[] rows, EngineKind engine, int batchSize)
    {
        view.Scalar("Number", NumberDataViewType.Int32, row => (int)row);
        using var transformer = Fit(view, engine, batchSize);
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);
        var number = ViewReader.Reader(cursor, output.Schema["Number"]);
        var combined = ViewReader.Reader(cursor, output.Schema[Views.Combined]);
        var mask = ViewReader.Reader(cursor, output.Schema[Views.Mask]);
        var tokens = ViewReader.Reader(cursor, output.Schema["Tokens"]);

        for (var row = 0; row < rows.Length; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.AreEqual(row, number());
            if (row == Bad)
            {
                Expect.Error<InvalidRowException>(message, () => combined());
                Expect.Error<InvalidRowException>(message, () => mask());
                Expect.Error<InvalidRowException>(message, () => tokens());
                Expect.Error<InvalidRowException>(message, () => combined());
                continue;
            }

            Expect.SameBits(Reference.Combined([0, 0], rows[row]), (float[])combined(), $"Row {row}.");
            Expect.Same<bool>(Reference.Blocked(rows[row].Previous.Length / 2), (bool[])mask(), $"Row {row}.");
            Assert.AreEqual(rows[row].Previous.Length / 2, tokens());
        }

        Assert.IsFalse(cursor.MoveNext());
    }

    private static NextTokenDiscriminatorTransformer Fit(TestView view, EngineKind engine, int batchSize) => Transformers.Fit(view, options =>
    {
        (options.Engine, options.BatchSize, options.EmbeddingDimension, options.MaxTokens) = (engine, batchSize, 2, 4);
        options.TokenCountColumnName = "Tokens";
    });

    private static void AssertServed(SequencePair[] expected, List<RowCopy> served)
    {
        Assert.HasCount(expected.Length, served);
        for (var row = 0; row < expected.Length; row++)
        {
            Expect.SameBits(Reference.Combined([0, 0], expected[row]), (float[])served[row][Views.Combined], $"Row {row}.");
            Expect.Same<bool>(Reference.Blocked(expected[row].Previous.Length / 2), (bool[])served[row][Views.Mask], $"Row {row}.");
        }
    }
}
