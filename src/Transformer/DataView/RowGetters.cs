using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// A row whose added columns are computed when they are read, without look-ahead. <see cref="RowByRowCursor"/> and <see
/// cref="MappedRow"/> show it to ML.NET as a cursor and as a row, which have different base classes.
/// </summary>
internal abstract class RowGetters(IExceptionContext context, AppendingSchema schema, DataViewRow input, ActiveColumns active) : IDisposable
{
    private bool _disposed;

    public DataViewSchema Schema => schema.Output;

    public long Position => input.Position;

    public long Batch => input.Batch;

    public ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public bool IsActive(DataViewSchema.Column column) => active[column.Index];

    /// <summary>Creates a getter of an output column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is not active.</exception>
    /// <exception cref="InvalidOperationException">The column has another type.</exception>
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw context.InactiveColumn(column.Name);
        // An input column has the same index in the output.
        if (!schema.IsAdded(column.Index))
            return input.GetGetter<TValue>(input.Schema[column.Index]);
        return GetAddedGetter(column.Index) as ValueGetter<TValue>
            ?? throw context.WrongGetterType(column.Name, column.Type, typeof(TValue));
    }

    /// <summary>Disposes the input row and frees the resources that compute rows, once.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        input.Dispose();
        DisposeResources();
    }

    /// <summary>Frees the resources that compute rows.</summary>
    protected abstract void DisposeResources();

    /// <summary>Creates a getter of an added column, for the input's current row.</summary>
    protected abstract Delegate GetAddedGetter(int index);
}
