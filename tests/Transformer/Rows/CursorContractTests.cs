using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The contract of ML.NET's cursors.</summary>
[TestClass]
public sealed class CursorContractTests
{
    private const string NoRow = "There is no current row: call MoveNext, and read only while it returns true.";

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Position_counts_the_rows_and_is_minus_one_before_and_after(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open();
        Assert.AreEqual(-1, cursor.Position);
        for (var row = 0; row < Stage.RowCount; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.AreEqual(row, cursor.Position);
        }

        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Added_column_cannot_be_read_before_the_first_row(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open();
        foreach (var read in stage.Readers(cursor))
            Expect.Error<InvalidOperationException>(NoRow, () => read());
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Constant_column_cannot_be_read_before_the_first_row(EngineKind engine)
    {
        using var stage = new Stage(engine);
        foreach (var column in new[] { Views.Mask, "Tokens" })
        {
            using var cursor = stage.Open(column);
            var read = ViewReader.Reader(cursor, stage.Schema[column]);
            Expect.Error<InvalidOperationException>(NoRow, () => read());
            Assert.IsTrue(cursor.MoveNext());
            read();
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void First_read_can_be_at_any_row(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var all = stage.Open(Views.Combined);
        var expected = new List<VBuffer<float>>();
        for (var getter = all.GetGetter<VBuffer<float>>(stage.Schema[Views.Combined]); all.MoveNext();)
        {
            var combined = default(VBuffer<float>);
            getter(ref combined);
            expected.Add(combined);
        }

        for (var first = 0; first < expected.Count; first++)
        {
            using var cursor = stage.Open(Views.Combined);
            var getter = cursor.GetGetter<VBuffer<float>>(stage.Schema[Views.Combined]);
            for (var row = 0; row <= first; row++)
                Assert.IsTrue(cursor.MoveNext());
            var combined = default(VBuffer<float>);
            getter(ref combined);
            Expect.SameBits(expected[first].GetValues(), combined.GetValues(), $"Row {first}.");
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Added_column_cannot_be_read_after_the_last_row(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open();
        var readers = stage.Readers(cursor);
        while (cursor.MoveNext())
            readers.ForEach(read => read());
        foreach (var read in readers)
            Expect.Error<InvalidOperationException>(NoRow, () => read());
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Value_can_be_read_repeatedly(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open();
        var readers = stage.Readers(cursor);
        while (cursor.MoveNext())
        {
            Expect.SameBits((float[])readers[0](), (float[])readers[0]());
            Expect.Same<bool>((bool[])readers[1](), (bool[])readers[1]());
            Assert.AreEqual(readers[2](), readers[2]());
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Unrequested_column_is_refused(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open("Number", Views.Combined);
        Assert.IsTrue(cursor.IsColumnActive(stage.Schema[Views.Combined]));
        Assert.IsTrue(cursor.IsColumnActive(stage.Schema["Number"]));
        Assert.IsFalse(cursor.IsColumnActive(stage.Schema[Views.Mask]));
        Assert.IsFalse(cursor.IsColumnActive(stage.Schema["Tokens"]));
        Assert.IsFalse(cursor.IsColumnActive(stage.Schema[Views.Previous]));

        Refuses<VBuffer<bool>>(Views.Mask);
        Refuses<int>("Tokens");
        // The engine reads it; the consumer may not, for it did not say so.
        Refuses<VBuffer<float>>(Views.Previous);

        void Refuses<T>(string column) => Expect.Error<ArgumentOutOfRangeException>(
            $"Column '{column}' is not active: name it in the columns needed.", () => cursor.GetGetter<T>(stage.Schema[column]));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Getter_of_another_type_than_the_column_is_refused(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open();

        Refuses<float>(Views.Combined, "Column 'Combined' is Vector<Single, 6, 2>: its values are VBuffer`1[Single], not Single.");
        Refuses<VBuffer<double>>(Views.Combined, "Column 'Combined' is Vector<Single, 6, 2>: its values are VBuffer`1[Single], not VBuffer`1[Double].");
        Refuses<VBuffer<float>>(Views.Mask, "Column 'Mask' is Vector<Boolean, 6, 6>: its values are VBuffer`1[Boolean], not VBuffer`1[Single].");
        Refuses<uint>("Tokens", "Column 'Tokens' is Int32: its values are Int32, not UInt32.");

        void Refuses<T>(string column, string message)
        {
            // Namespaces left out, for the reader's sake.
            var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<T>(stage.Schema[column]));
            Assert.AreEqual(message, thrown.Message.Replace("Microsoft.ML.Data.", "").Replace("System.", ""));
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Passed_through_getter_of_another_type_is_refused(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open();
        Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<float>(stage.Schema["Number"]));
        Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<VBuffer<float>>(stage.Schema["Weights"]));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Second_dispose_does_nothing(EngineKind engine)
    {
        using var stage = new Stage(engine);
        var cursor = stage.Open();
        cursor.MoveNext();
        cursor.Dispose();
        cursor.Dispose();
        Assert.AreEqual(1, stage.View.Disposed);
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Batch_is_that_of_the_input_even_before_the_first_row(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open();
        Assert.AreEqual(0, cursor.Batch);
        for (var row = 0; cursor.MoveNext(); row++)
            Assert.AreEqual(row / stage.View.BatchRows, cursor.Batch);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Cursor_schema_is_that_of_the_view(EngineKind engine)
    {
        using var stage = new Stage(engine);
        using var cursor = stage.Open();
        Assert.AreSame(stage.Schema, cursor.Schema);
    }

    private sealed class Stage : IDisposable
    {
        public const int RowCount = 6;

        private readonly NextTokenDiscriminatorTransformer _transformer;
        private readonly IDataView _output;

        public Stage(EngineKind engine)
        {
            View = Views.Known(Sequences.Pairs(RowCount, 3, 2), 3, 2).WithEveryKindOfColumn();
            _transformer = Transformers.Fit(View, options =>
            {
                (options.Engine, options.BatchSize) = (engine, 4);
                options.TokenCountColumnName = "Tokens";
            });
            _output = _transformer.Transform(View);
        }

        public TestView View { get; }

        public DataViewSchema Schema => _output.Schema;

        public DataViewRowCursor Open(params string[] columns) => _output.GetRowCursor(ViewReader.Columns(Schema, columns));

        public List<Func<object>> Readers(DataViewRowCursor cursor) =>
            [.. new[] { Views.Combined, Views.Mask, "Tokens" }.Select(column => ViewReader.Reader(cursor, Schema[column]))];

        public void Dispose() => _transformer.Dispose();
    }
}
