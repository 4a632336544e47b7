using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A cursor without look-ahead: it stands where the input stands.</summary>
internal sealed class StreamingCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _input;
    private readonly RowOutputs _outputs;
    private readonly ICombineEngine _engine;
    private bool _disposed;

    public StreamingCursor(
        IExceptionContext context, StageSchema schema, DataViewRowCursor input, ActiveColumns active, ICombineEngine engine)
    {
        Schema = schema.Output;
        _input = input;
        _engine = engine;
        _outputs = new RowOutputs(context, schema, input, active, engine);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override bool MoveNext() => _input.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => _outputs.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _outputs.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _input.Dispose();
            _engine.Dispose();
        }

        base.Dispose(disposing);
    }
}
