using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>A cursor without look-ahead: its position is always the input's. Its row is that of a <see cref="MappedRow"/>.</summary>
internal sealed class RowByRowCursor(DataViewRowCursor input, RowGetters row) : DataViewRowCursor
{
    public override DataViewSchema Schema => row.Schema;

    public override long Position => row.Position;

    public override long Batch => row.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => row.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            row.Dispose();
        base.Dispose(disposing);
    }
}
