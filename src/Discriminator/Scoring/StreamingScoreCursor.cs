using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>A cursor without look-ahead: for batches of one row, and where no score was asked for.</summary>
internal sealed class StreamingScoreCursor(ScorerSchema schema, DataViewRowCursor input, ScoreOutputs outputs) : DataViewRowCursor
{
    private bool _disposed;

    public override DataViewSchema Schema => schema.Output;

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
        }

        base.Dispose(disposing);
    }
}
