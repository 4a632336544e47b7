using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The hand-off to a training loop: rows as batches of tensors, without a detour through columns.</summary>
public static class SequenceBatches
{
    /// <summary>Reads an input of a fitted stage as batches of combined sequences and masks.</summary>
    /// <param name="transformer">The stage: its columns, C, initial embedding, mask kind and padding count.</param>
    /// <param name="input">The rows, as <c>Transform</c> takes them.</param>
    /// <param name="options">Batch size, device, scalar columns, shuffling; the defaults when null.</param>
    /// <param name="cancellation">Stops reading within a row, with <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Batches, read lazily, one ahead on another thread, so that reading and copying overlap with whatever the caller does
    /// with the batch at hand. Each enumeration reads the input anew. Each batch is the caller's to dispose.
    /// </returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type or size.</exception>
    /// <exception cref="InvalidRowException">While enumerating: a row does not hold two sequences of T tokens.</exception>
    public static IEnumerable<SequenceBatch> ToBatches(
        this NextTokenDiscriminatorTransformer transformer, IDataView input, SequenceBatchOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentNullException.ThrowIfNull(input);
        options ??= new SequenceBatchOptions();

        // All that can be known is checked here, not at the first batch: what follows runs when it is enumerated.
        var env = transformer.Environment;
        if (options.BatchSize is < 1 or > TransformSettings.MaxBatchSize)
            throw env.Option((nameof(options.BatchSize), $"expected 1 to {TransformSettings.MaxBatchSize} rows, found {options.BatchSize}"));
        if (options.ShufflePoolSize < 1)
            throw env.Option((nameof(options.ShufflePoolSize), $"expected at least 1 row, found {options.ShufflePoolSize}"));
        var schema = transformer.Bind(input.Schema);
        foreach (var name in options.ScalarColumnNames)
            ScalarColumn.Find(env, input.Schema, name);

        var rows = options.ShuffleSeed is { } seed ? Shuffle(input, seed, options.ShufflePoolSize) : input;
        return Enumerate(() => Open(env, schema, rows, options), cancellation);
    }

    private static BatchReader Open(IExceptionContext env, BoundTransformSchema schema, IDataView rows, SequenceBatchOptions options)
    {
        var columns = options.ScalarColumnNames.Select(name => rows.Schema[name]).Append(schema.Previous).Append(schema.Current);
        // A pool above the input keeps its columns where they are, so the schema bound to the input holds for it.
        var cursor = rows.GetRowCursor(columns.Select(column => rows.Schema[column.Index]).DistinctBy(column => column.Index));
        try
        {
            return new BatchReader(env, schema, cursor, options);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    private static IDataView Shuffle(IDataView input, int seed, int poolSize) =>
        new MLContext(seed).Data.ShuffleRows(input, seed, poolSize);

    private static IEnumerable<SequenceBatch> Enumerate(Func<BatchReader> open, CancellationToken cancellation)
    {
        using var reader = open();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var next = ReadAhead(reader, stop.Token);
        try
        {
            while (next.GetAwaiter().GetResult() is { } batch)
            {
                next = ReadAhead(reader, stop.Token);
                yield return batch;
            }
        }
        finally
        {
            // The caller may have had enough: nothing reads on behind its back, and what was read ahead is freed.
            stop.Cancel();
            if (next.ContinueWith(read => read.IsCompletedSuccessfully ? read.Result : null, TaskScheduler.Default).Result is { } unused)
                unused.Dispose();
        }
    }

    private static Task<SequenceBatch?> ReadAhead(BatchReader reader, CancellationToken cancellation) =>
        Task.Run(() => reader.Read(cancellation), cancellation);
}
