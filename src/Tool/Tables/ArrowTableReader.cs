using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;

namespace MlNetNtd.Tool;

/// <summary>Reads an Arrow IPC file or stream, one record batch after another.</summary>
internal sealed class ArrowTableReader : ITableReader
{
    private readonly ArrowStreamReader _reader;
    private long _batches;

    public ArrowTableReader(string name, Stream stream, bool isStream)
    {
        Name = name;
        var codecs = new CompressionCodecFactory();
        _reader = isStream ? new ArrowStreamReader(stream, codecs) : new ArrowFileReader(stream, codecs);
        Schema = Guard(() => _reader.Schema) ?? throw Damaged("it has no schema", null);
    }

    public string Name { get; }

    public Schema Schema { get; }

    public long? RowCount => null;

    public RecordBatch? Read()
    {
        var batch = Guard(_reader.ReadNextRecordBatch);
        _batches++;
        return batch;
    }

    public void Dispose() => _reader.Dispose();

    // Apache.Arrow checks lengths only where it uses them, so a damaged file is an exception of almost any type.
    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw Damaged($"record batch {_batches}: {e.Message}", e);
        }
    }

    private ToolException Damaged(string problem, Exception? inner) =>
        new($"{Name}: expected whole Arrow data, found damaged data: {problem.TrimEnd('.')}.", inner);
}
