namespace Microsoft.ML;

/// <summary>A lazily computed table: a schema, and cursors over its rows.</summary>
public interface IDataView
{
    /// <summary>Whether a cursor given a random generator may serve rows in another order.</summary>
    bool CanShuffle { get; }

    /// <summary>The number of rows, or null where it is not known without reading them.</summary>
    long? GetRowCount();

    DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null);

    /// <summary>Cursors that together serve every row once; <see cref="DataViewRow.Batch"/> tells how to merge them.</summary>
    DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null);

    DataViewSchema Schema { get; }
}
