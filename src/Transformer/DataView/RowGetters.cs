using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// Creates the getters of a row whose added columns are computed when they are read, without look-ahead: the row of a
/// <see cref="RowByRowCursor"/> or a <see cref="MappedRow"/>.
/// </summary>
internal abstract class RowGetters(IExceptionContext context, AppendingSchema schema, DataViewRow input, ActiveColumns active) : IDisposable
{
    public DataViewSchema Schema => schema.Output;

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

    /// <summary>Frees the resources that compute rows.</summary>
    public abstract void Dispose();

    /// <summary>Creates a getter of an added column, for the input's current row.</summary>
    protected abstract Delegate GetAddedGetter(int index);
}
