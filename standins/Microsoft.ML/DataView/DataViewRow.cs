using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Writes the current value of a column into the caller's variable, reusing its buffers where it can.</summary>
public delegate void ValueGetter<TValue>(ref TValue value);

/// <summary>One row of values. What a getter delivers follows the row as it moves.</summary>
public abstract class DataViewRow : IDisposable
{
    /// <summary>Zero-based position of the row, -1 before the first and after the last one.</summary>
    public abstract long Position { get; }

    /// <summary>Where the row belongs among the cursors of one set: merging by ascending batch restores the order.</summary>
    public abstract long Batch { get; }

    public abstract ValueGetter<DataViewRowId> GetIdGetter();

    public abstract bool IsColumnActive(DataViewSchema.Column column);

    public abstract ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column);

    public abstract DataViewSchema Schema { get; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
