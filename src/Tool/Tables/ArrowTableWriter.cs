using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace MlNetNtd.Tool;

/// <summary>Writes an Arrow IPC file or stream.</summary>
internal sealed class ArrowTableWriter : ITableWriter
{
    private readonly Stream _stream;
    private readonly ArrowStreamWriter _writer;

    public ArrowTableWriter(Stream stream, Schema schema, bool isStream)
    {
        _stream = stream;
        _writer = isStream ? new ArrowStreamWriter(stream, schema, leaveOpen: true) : new ArrowFileWriter(stream, schema, leaveOpen: true);
        _writer.WriteStart();
    }

    public void Write(RecordBatch batch)
    {
        _writer.WriteRecordBatch(batch);
        // A consumer at the other end of a pipe goes on with these rows.
        _stream.Flush();
    }

    public void Finish()
    {
        _writer.WriteEnd();
        _stream.Flush();
    }

    public void Dispose() => _writer.Dispose();
}
