using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>
/// The expectations of ML.NET's own test framework of every estimator (its <c>TestEstimatorCore</c>): promised schemas are delivered,
/// saved models load, invalid input is refused early.
/// </summary>
internal sealed class EstimatorChecklist
{
    private readonly IEstimator<ITransformer> _estimator;
    private readonly double _tolerance;

    /// <param name="estimator">What is asked.</param>
    /// <param name="tolerance">By how much numbers may differ where rows are computed in other company.</param>
    public EstimatorChecklist(IEstimator<ITransformer> estimator, double tolerance = 0)
    {
        _estimator = estimator;
        _tolerance = tolerance;
    }

    /// <summary>Fits on a view and checks the transformer, and the same one saved and loaded, on that view.</summary>
    public void Holds(IDataView view)
    {
        var promised = _estimator.GetOutputSchema(SchemaText.Shape(view.Schema));
        var fitted = _estimator.Fit(view);
        var refitted = _estimator.Fit(view);
        var loaded = SaveAndLoad(fitted, view.Schema, out var savedSchema);

        Assert.AreEqual(SchemaText.Of(promised), SchemaText.Of(SchemaText.Shape(fitted.GetOutputSchema(view.Schema))), "Promised and delivered shape.");
        Assert.AreEqual(SchemaText.Of(view.Schema), SchemaText.Of(savedSchema), "The input schema in the model file.");
        Assert.AreEqual(
            SchemaText.Of(fitted.GetOutputSchema(view.Schema)), SchemaText.Of(loaded.GetOutputSchema(savedSchema)), "The schema of the loaded model.");
        SchemasAgree(fitted, view);
        SchemasAgree(loaded, view);

        // The same rows in the same batches, so that not a bit differs; a single row is a batch of another size.
        var expected = ViewChecklist.Holds(fitted.Transform(view), _tolerance);
        ViewChecklist.SameRows(expected, ViewChecklist.Holds(refitted.Transform(view), _tolerance), "The model fitted again.");
        ViewChecklist.SameRows(expected, ViewChecklist.Holds(loaded.Transform(view), _tolerance), "The loaded model.");
        ViewChecklist.SameRows(expected, Mapped(fitted, view), "The row mapper.", tolerance: _tolerance);
        ViewChecklist.SameRows(expected, Mapped(loaded, view), "The row mapper of the loaded model.", tolerance: _tolerance);
        (loaded as IDisposable)?.Dispose();
        (refitted as IDisposable)?.Dispose();
        (fitted as IDisposable)?.Dispose();
    }

    /// <summary>Neither the estimator nor a transformer fitted on another view takes this one.</summary>
    public void Refuses(IDataView invalid, IDataView valid)
    {
        EstimatorRefuses(invalid);
        TransformerRefuses(invalid, valid);
    }

    /// <summary>The estimator does not take a view that lacks what only fitting needs, such as a label.</summary>
    public void EstimatorRefuses(IDataView invalid)
    {
        MustFail(() => _estimator.GetOutputSchema(SchemaText.Shape(invalid.Schema)));
        MustFail(() => _estimator.Fit(invalid));
    }

    /// <summary>The estimator takes a view, alone; a transformer fitted on another view does not.</summary>
    public void FitsButRefuses(IDataView other, IDataView valid)
    {
        _estimator.GetOutputSchema(SchemaText.Shape(other.Schema));
        (_estimator.Fit(other) as IDisposable)?.Dispose();
        TransformerRefuses(other, valid);
    }

    /// <summary>
    /// The sizes of a view cannot work, which a shape does not tell: fitting finds it, and so does a transformer that
    /// was fitted on another view.
    /// </summary>
    public void RefusesToFit(IDataView invalid, IDataView valid)
    {
        MustFail(() => _estimator.Fit(invalid));
        TransformerRefuses(invalid, valid);
    }

    /// <summary>The action throws one of the types that ML.NET has for bad input, marked as one of its own.</summary>
    public static void MustFail(Action action)
    {
        Exception? thrown = null;
        try
        {
            action();
        }
        catch (Exception e)
        {
            thrown = e;
        }

        while (thrown is TargetInvocationException { InnerException: { } inner })
            thrown = inner;
        Assert.IsTrue(thrown is ArgumentOutOfRangeException or InvalidOperationException, $"{thrown?.GetType().ToString() ?? "Nothing"} was thrown.");
        Assert.IsTrue(thrown!.Data.Contains("ML_IsMarked"), $"Not marked: {thrown.Message}");
    }

    private void TransformerRefuses(IDataView invalid, IDataView valid)
    {
        var fitted = _estimator.Fit(valid);
        var loaded = SaveAndLoad(fitted, valid.Schema, out _);
        foreach (var transformer in new[] { fitted, loaded })
        {
            MustFail(() => transformer.GetOutputSchema(invalid.Schema));
            MustFail(() => transformer.Transform(invalid));
            MustFail(() => transformer.GetRowToRowMapper(invalid.Schema));
            (transformer as IDisposable)?.Dispose();
        }
    }

    private static void SchemasAgree(ITransformer transformer, IDataView view)
    {
        Assert.IsTrue(transformer.IsRowToRowMapper);
        var schema = SchemaText.Of(transformer.GetOutputSchema(view.Schema));
        var mapper = transformer.GetRowToRowMapper(view.Schema);
        Assert.AreSame(view.Schema, mapper.InputSchema);
        Assert.AreEqual(schema, SchemaText.Of(mapper.OutputSchema), "The schema of the row mapper.");
        Assert.AreEqual(schema, SchemaText.Of(transformer.Transform(view).Schema), "The schema of the transformed view.");
    }

    private static List<RowCopy> Mapped(ITransformer transformer, IDataView view)
    {
        var mapper = transformer.GetRowToRowMapper(view.Schema);
        var columns = ViewReader.Columns(mapper.OutputSchema);
        using var cursor = view.GetRowCursor(mapper.GetDependencies(columns));
        using var row = mapper.GetRow(cursor, columns);
        var readers = columns.Select(column => (column.Name, Read: ViewReader.Reader(row, column))).ToArray();
        var idGetter = row.GetIdGetter();
        var rows = new List<RowCopy>();
        while (cursor.MoveNext())
        {
            var id = default(DataViewRowId);
            idGetter(ref id);
            rows.Add(new RowCopy(row.Position, row.Batch, id, readers.ToDictionary(reader => reader.Name, reader => reader.Read())));
        }

        return rows;
    }

    private static ITransformer SaveAndLoad(ITransformer transformer, DataViewSchema schema, out DataViewSchema loadedSchema)
    {
        using var stream = new MemoryStream();
        new MLContext().Model.Save(transformer, schema, stream);
        stream.Position = 0;
        return new MLContext().Model.Load(stream, out loadedSchema);
    }
}
