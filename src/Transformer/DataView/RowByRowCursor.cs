using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>A cursor without look-ahead: its position is always the input's.</summary>
internal sealed class RowByRowCursor(DataViewRowCursor input, RowGetters outputs) : DataViewRowCursor
{
    private bool _disposed;

    public override DataViewSchema Schema => outputs.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => outputs.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => outputs.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            input.Dispose();
            outputs.Dispose();
        }

        base.Dispose(disposing);
    }
}
