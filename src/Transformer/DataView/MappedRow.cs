using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>An input row with the added columns, as <see cref="RowMapper"/> returns it.</summary>
internal sealed class MappedRow(DataViewRow input, RowGetters outputs) : DataViewRow
{
    private bool _disposed;

    public override DataViewSchema Schema => outputs.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

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
