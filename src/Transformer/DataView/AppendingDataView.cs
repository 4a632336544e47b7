using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A view that appends columns to an input view. Values are computed when a cursor reads them.</summary>
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
        var appended = new List<DataViewRowCursor>(cursors.Length);
        try
        {
            foreach (var cursor in cursors)
                appended.Add(Append(cursor, active));
            return [.. appended];
        }
        catch
        {
            // Append has disposed of the cursor that it failed on. The appended cursors own the input cursors before it.
            foreach (var cursor in appended.Concat(cursors.Skip(appended.Count + 1)))
                cursor.Dispose();
            throw;
        }
    }

    /// <summary>Creates a cursor over the rows of an input cursor. It takes ownership of the input cursor, also if it throws.</summary>
    protected abstract DataViewRowCursor Append(DataViewRowCursor cursor, ActiveColumns active);
}
