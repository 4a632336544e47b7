using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// The columns of a row that is computed when it is asked for, with no look-ahead: of a streaming cursor, and of
/// the row that a prediction engine maps.
/// </summary>
internal abstract class RowGetters(IExceptionContext context, AppendingSchema schema, DataViewRow input, ActiveColumns active) : IDisposable
{
    public DataViewSchema Schema => schema.Output;

    public bool IsActive(DataViewSchema.Column column) => active[column.Index];

    /// <summary>A getter of an output column, typed as the column.</summary>
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw context.InactiveColumn(column.Name);
        // A column of the input has the same index here, and its getter is the input's own.
        if (!schema.IsAdded(column.Index))
            return input.GetGetter<TValue>(input.Schema[column.Index]);
        return GetAddedGetter(column.Index) as ValueGetter<TValue>
            ?? throw context.WrongGetterType(column.Name, column.Type, typeof(TValue));
    }

    /// <summary>Frees what rows are computed with.</summary>
    public abstract void Dispose();

    /// <summary>A getter of an own column, over whatever row the input stands at.</summary>
    protected abstract Delegate GetAddedGetter(int index);
}
