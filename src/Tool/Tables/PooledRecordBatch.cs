using System.Buffers;
using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>A record batch whose memory goes back to the pool when it is disposed.</summary>
internal sealed class PooledRecordBatch(Schema schema, IEnumerable<IArrowArray> columns, int length, IReadOnlyCollection<byte[]> rented)
    : RecordBatch(schema, columns, length)
{
    private bool _disposed;

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            foreach (var array in rented)
                ArrayPool<byte>.Shared.Return(array);
        }

        base.Dispose(disposing);
    }
}
