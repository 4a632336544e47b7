using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A cursor that counts its own rows. At the end it disposes itself, and stays before the first row ever after.</summary>
internal abstract class RootCursor : DataViewRowCursor
{
    private readonly IChannel _channel;
    private long _position = -1;
    private bool _disposed;

    protected RootCursor(IChannelProvider provider) => _channel = provider.Start("Cursor");

    public sealed override long Position => _position;

    protected IExceptionContext Context => _channel;

    public sealed override bool MoveNext()
    {
        if (_disposed)
            return false;
        if (MoveNextCore())
        {
            _position++;
            return true;
        }

        Dispose();
        return false;
    }

    protected abstract bool MoveNextCore();

    protected void CheckAtRow() => Context.Check(_position >= 0, Getters.NoRowMessage);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _disposed = true;
        _position = -1;
        if (disposing)
            _channel.Dispose();
    }
}
