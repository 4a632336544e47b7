using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>An input view with own columns behind its own. Nothing is computed before a cursor asks.</summary>
internal abstract partial class AppendingDataView(IExceptionContext context, AppendingSchema schema, IDataView input) : IDataView
{
    public DataViewSchema Schema => schema.Output;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = new ActiveColumns(schema.Output, columnsNeeded);
        return Append(input.GetRowCursor(schema.GetDependencies(active.Columns), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = new ActiveColumns(schema.Output, columnsNeeded);
        var cursors = input.GetRowCursorSet(schema.GetDependencies(active.Columns), n, rand);
        var extended = new List<DataViewRowCursor>(cursors.Length);
        try
        {
            foreach (var cursor in cursors)
                extended.Add(Append(cursor, active));
            return [.. extended];
        }
        catch
        {
            // The one at hand is disposed of already, and those before it belong to what was made over them.
            foreach (var cursor in extended.Concat(cursors.Skip(extended.Count + 1)))
                cursor.Dispose();
            throw;
        }
    }

    /// <summary>A cursor over the rows of one of the input's, which it disposes, at the latest when it fails.</summary>
    protected abstract DataViewRowCursor Append(DataViewRowCursor cursor, ActiveColumns active);
}
