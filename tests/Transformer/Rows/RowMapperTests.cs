using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>One row at a time: the row-to-row mapper, and the prediction engine on top of it.</summary>
[TestClass]
public sealed class RowMapperTests
{
    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Prediction_engine_combines_one_row_after_the_other(EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Shaped(5);
        using var transformer = Transformers.Fit(
            context.Data.LoadFromEnumerable(rows), options => (options.Engine, options.InitialEmbedding) = (engine, [1f, 2f, 3f, 4f]), context);
        using var predictor = context.Model.CreatePredictionEngine<ShapedRow, CombinedRow>(transformer);
        foreach (var row in rows)
        {
            var prediction = predictor.Predict(row);
            Expect.SameBits(Reference.Combined([1, 2, 3, 4], new(row.PreviousEmbeddings, row.CurrentEmbeddings)), prediction.Combined);
            Expect.Same<bool>(Reference.Blocked(TestRows.Tokens), prediction.Mask);
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Prediction_engine_takes_rows_of_different_length(EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Free(9, maxTokens: 5);
        using var transformer = Transformers.Fit(
            context.Data.LoadFromEnumerable(rows), options => (options.Engine, options.EmbeddingDimension) = (engine, TestRows.Dimension), context);
        using var predictor = context.Model.CreatePredictionEngine<UnsizedRow, CombinedRow>(transformer);
        // One object for all predictions, whose arrays are reused: long rows before short ones among them.
        var prediction = new CombinedRow();
        foreach (var row in rows)
        {
            predictor.Predict(row, ref prediction);
            Expect.SameBits(
                Reference.Combined(new float[TestRows.Dimension], new(row.PreviousEmbeddings, row.CurrentEmbeddings)), prediction.Combined);
            Expect.Same<bool>(Reference.Blocked(row.PreviousEmbeddings.Length / TestRows.Dimension), prediction.Mask);
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Prediction_engine_pads(EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Free(9, maxTokens: 5);
        using var transformer = Transformers.Fit(context.Data.LoadFromEnumerable(rows), options =>
        {
            (options.Engine, options.EmbeddingDimension) = (engine, TestRows.Dimension);
            (options.MaxTokens, options.PadToMaxTokens) = (5, true);
        }, context);
        using var predictor = context.Model.CreatePredictionEngine<UnsizedRow, CombinedRow>(transformer);
        var prediction = new CombinedRow();
        foreach (var row in rows)
        {
            predictor.Predict(row, ref prediction);
            Expect.SameBits(
                Reference.Combined(new float[TestRows.Dimension], new(row.PreviousEmbeddings, row.CurrentEmbeddings), 5), prediction.Combined);
            Expect.Same<bool>(Reference.Blocked(row.PreviousEmbeddings.Length / TestRows.Dimension, 5), prediction.Mask);
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Prediction_engine_reports_a_bad_row_and_takes_the_next_one(EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var good = TestRows.Free(1, maxTokens: 3)[0];
        using var transformer = Transformers.Fit(
            context.Data.LoadFromEnumerable([good]), options => (options.Engine, options.EmbeddingDimension) = (engine, TestRows.Dimension), context);
        using var predictor = context.Model.CreatePredictionEngine<UnsizedRow, CombinedRow>(transformer);
        var bad = new UnsizedRow { PreviousEmbeddings = new float[5], CurrentEmbeddings = new float[5] };

        for (var time = 0; time < 3; time++)
        {
            var thrown = Assert.ThrowsExactly<InvalidRowException>(() => predictor.Predict(bad));
            Assert.StartsWith("Column 'PreviousEmbeddings', row ", thrown.Message);
            Assert.EndsWith(": expected a multiple of 4 values (EmbeddingDimension), found 5.", thrown.Message);
            Expect.SameBits(
                Reference.Combined(new float[TestRows.Dimension], new(good.PreviousEmbeddings, good.CurrentEmbeddings)), predictor.Predict(good).Combined);
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Mapped_row_has_columns_id_and_position_of_its_input(EngineKind engine)
    {
        var rows = Sequences.Mixed(6, 4, 2);
        var view = Views.Unknown(rows).WithEveryKindOfColumn();
        using var transformer = Fit(view, engine);
        var mapper = transformer.GetRowToRowMapper(view.Schema);
        using var cursor = view.GetRowCursor(view.Schema);
        using var row = mapper.GetRow(cursor, mapper.OutputSchema);
        var readers = mapper.OutputSchema.ToDictionary(column => column.Name, column => ViewReader.Reader(row, column));
        var idGetter = row.GetIdGetter();

        Assert.AreSame(view.Schema, mapper.InputSchema);
        Assert.AreSame(mapper.OutputSchema, row.Schema);
        for (var i = 0; cursor.MoveNext(); i++)
        {
            var id = default(DataViewRowId);
            idGetter(ref id);
            Assert.AreEqual(new DataViewRowId((ulong)i, 5), id);
            Assert.AreEqual(i, row.Position);
            Assert.AreEqual(cursor.Batch, row.Batch);
            Assert.AreEqual(i, readers["Number"]());
            Assert.AreEqual($"row {i}", readers["Text"]());
            Assert.AreEqual(rows[i].Previous.Length / 2, readers["Tokens"]());
            Expect.SameBits(Reference.Combined([0, 0], rows[i]), (float[])readers[Views.Combined](), $"Row {i}.");
            Expect.Same<bool>(Reference.Blocked(rows[i].Previous.Length / 2), (bool[])readers[Views.Mask](), $"Row {i}.");
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Mapped_row_gives_only_the_requested_columns(EngineKind engine)
    {
        var view = Views.Unknown(Sequences.Mixed(6, 4, 2));
        using var transformer = Fit(view, engine);
        var mapper = transformer.GetRowToRowMapper(view.Schema);
        using var cursor = view.GetRowCursor(view.Schema);
        using var row = mapper.GetRow(cursor, [mapper.OutputSchema["Tokens"]]);

        Assert.IsTrue(row.IsColumnActive(mapper.OutputSchema["Tokens"]));
        Assert.IsFalse(row.IsColumnActive(mapper.OutputSchema[Views.Combined]));
        Expect.Error<ArgumentOutOfRangeException>(
            "Column 'Combined' is not active: name it in the columns needed.",
            () => row.GetGetter<VBuffer<float>>(mapper.OutputSchema[Views.Combined]));
        Expect.Error<InvalidOperationException>(
            "There is no current row: call MoveNext, and read only while it returns true.",
            () => ViewReader.Reader(row, mapper.OutputSchema["Tokens"])());
    }

    [TestMethod]
    public void Dependencies_of_a_column_are_the_columns_it_is_made_of()
    {
        var unknown = Views.Unknown(Sequences.Mixed(1, 4, 2)).WithEveryKindOfColumn();
        AssertDependencies(unknown, [Views.Combined], Views.Previous, Views.Current);
        AssertDependencies(unknown, [Views.Mask], Views.Previous, Views.Current);
        AssertDependencies(unknown, ["Tokens"], Views.Previous, Views.Current);
        AssertDependencies(unknown, ["Text"], "Text");
        AssertDependencies(unknown, ["Text", Views.Mask, Views.Previous], Views.Previous, Views.Current, "Text");
        AssertDependencies(unknown, []);

        var known = Views.Known(Sequences.Pairs(1, 3, 2), 3, 2).WithEveryKindOfColumn();
        AssertDependencies(known, [Views.Combined], Views.Previous, Views.Current);
        AssertDependencies(known, [Views.Mask]);
        AssertDependencies(known, ["Tokens"]);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Second_dispose_of_a_mapped_row_does_nothing(EngineKind engine)
    {
        var view = Views.Unknown(Sequences.Mixed(6, 4, 2));
        using var transformer = Fit(view, engine);
        var mapper = transformer.GetRowToRowMapper(view.Schema);
        var row = mapper.GetRow(view.GetRowCursor(view.Schema), mapper.OutputSchema);
        row.Dispose();
        row.Dispose();
        Assert.AreEqual(1, view.Disposed);
    }

    private static NextTokenDiscriminatorTransformer Fit(TestView view, EngineKind engine) => Transformers.Fit(
        view, options => (options.Engine, options.EmbeddingDimension, options.TokenCountColumnName) = (engine, 2, "Tokens"));

    private static void AssertDependencies(TestView view, string[] columns, params string[] expected)
    {
        using var transformer = Fit(view, EngineKind.Managed);
        var mapper = transformer.GetRowToRowMapper(view.Schema);
        var found = mapper.GetDependencies(columns.Select(column => mapper.OutputSchema[column]));
        CollectionAssert.AreEqual(expected, found.Select(column => column.Name).ToArray());
    }
}
