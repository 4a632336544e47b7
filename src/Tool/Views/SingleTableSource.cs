using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>
/// The rows of one open table, read once. The record batches stay valid: they are queued for the consumer, which writes their columns
/// beside the results and disposes them.
/// </summary>
/// <remarks>The next record batch is read on a thread of its own while the current one is used.</remarks>
internal sealed class SingleTableSource(ITableReader reader) : TableSource, IDisposable
{
    private readonly Queue<TableBatch> _queue = new();
    private DedicatedThread<TableBatch?>? _thread;
    private Task<TableBatch?>? _next;

    public override Schema Schema => reader.Schema;

    public override string Name => reader.Name;

    public override long? RowCount => reader.RowCount;

    /// <summary>Gets the first record batch that was read and not taken; null if there is none.</summary>
    public TableBatch? Peek() => _queue.TryPeek(out var batch) ? batch : null;

    /// <summary>Takes the first record batch.</summary>
    public TableBatch Take() => _queue.Dequeue();

    public void Dispose()
    {
        while (_queue.TryDequeue(out var batch))
            batch.Rows.Dispose();
        try
        {
            _next?.GetAwaiter().GetResult()?.Rows.Dispose();
        }
        // The error of a row that nobody asked for.
        catch (ToolException)
        {
        }
        finally
        {
            _thread?.Dispose();
        }
    }

    protected override IEnumerable<TableBatch> ReadBatches()
    {
        using var batches = ReadBatches(reader).GetEnumerator();
        _thread = new DedicatedThread<TableBatch?>(nameof(SingleTableSource));
        _next = Prefetch(batches);
        while (true)
        {
            var batch = _next.GetAwaiter().GetResult();
            _next = null;
            if (batch is null)
                yield break;
            _next = Prefetch(batches);
            _queue.Enqueue(batch);
            yield return batch;
        }
    }

    private Task<TableBatch?> Prefetch(IEnumerator<TableBatch> batches) =>
        _thread!.Begin(() => batches.MoveNext() ? batches.Current : null);
}
