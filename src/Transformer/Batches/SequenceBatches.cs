using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Converts rows to batches of tensors for a training loop of your own.</summary>
public static class SequenceBatches
{
    /// <summary>Reads the input of a fitted transform as batches of combined sequences and masks.</summary>
    /// <param name="transformer">The transform. Its columns, C, initial embedding, mask kind and padding apply.</param>
    /// <param name="input">The rows to combine, the input of <c>Transform</c>.</param>
    /// <param name="options">Batch size, device, scalar columns and shuffling; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels reading, within one row.</param>
    /// <returns>
    /// A lazy sequence of batches. Another thread prefetches the next batch while the caller uses the current one. Each
    /// enumeration reads the input again. The caller disposes each batch.
    /// </returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or has the wrong type or size.</exception>
    /// <exception cref="InvalidOperationException">Native libtorch cannot be loaded; the message names the package to add.</exception>
    /// <exception cref="InvalidRowException">Thrown while enumerating: a row does not hold two sequences of T tokens.</exception>
    /// <exception cref="OperationCanceledException">Thrown while enumerating: the token was canceled.</exception>
    public static IEnumerable<SequenceBatch> ToBatches(
        this NextTokenDiscriminatorTransformer transformer, IDataView input, SequenceBatchOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentNullException.ThrowIfNull(input);
        options ??= new SequenceBatchOptions();

        // Everything that can be checked before reading is checked now: the enumerator runs later.
        var env = transformer.Environment;
        if (options.BatchSize is < 1 or > TransformSettings.MaxBatchSize)
            throw env.Option((nameof(options.BatchSize), $"expected 1 to {TransformSettings.MaxBatchSize} rows, found {options.BatchSize}"));
        if (options.ShufflePoolSize < 1)
            throw env.Option((nameof(options.ShufflePoolSize), $"expected at least 1 row, found {options.ShufflePoolSize}"));
        var schema = transformer.Bind(input.Schema);
        foreach (var name in options.ScalarColumnNames)
            ScalarColumn.Find(env, input.Schema, name);
        if (!LibTorchProbe.IsAvailable(out var reason))
            throw env.Unable($"{nameof(ToBatches)} needs native libtorch, which could not be loaded. {LibTorchProbe.GetInstallHint()}.", reason);

        var rows = options.ShuffleSeed is { } seed ? Shuffle(input, seed, options.ShufflePoolSize) : input;
        return Enumerate(() => Open(env, schema, rows, options), cancellationToken);
    }

    private static BatchReader Open(IExceptionContext env, BoundTransformSchema schema, IDataView rows, SequenceBatchOptions options)
    {
        var columns = options.ScalarColumnNames.Select(name => rows.Schema[name]).Append(schema.Previous).Append(schema.Current);
        // Shuffling keeps the indices of the columns, so the schema that is bound to the input is valid for the shuffled view.
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

    private static IEnumerable<SequenceBatch> Enumerate(Func<BatchReader> open, CancellationToken cancellationToken)
    {
        using var reader = open();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = Prefetch(reader, stop.Token);
        try
        {
            while (next.GetAwaiter().GetResult() is { } batch)
            {
                next = Prefetch(reader, stop.Token);
                yield return batch;
            }
        }
        finally
        {
            // The caller may stop early: cancel the read in progress and free the prefetched batch.
            stop.Cancel();
            if (next.ContinueWith(read => read.IsCompletedSuccessfully ? read.Result : null, TaskScheduler.Default).Result is { } unused)
                unused.Dispose();
        }
    }

    private static Task<SequenceBatch?> Prefetch(BatchReader reader, CancellationToken cancellationToken) =>
        Task.Run(() => reader.Read(cancellationToken), cancellationToken);
}
