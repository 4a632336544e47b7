namespace MlNetNtd;

/// <summary>This process's rows of one step, divided into micro-batches. A training engine derives its packed form.</summary>
/// <param name="rows">All rows.</param>
/// <param name="microBatchSize">The maximum number of rows in a micro-batch.</param>
internal class StepBatch(SequenceRow[] rows, int microBatchSize) : IDisposable
{
    /// <summary>Gets all rows.</summary>
    public SequenceRow[] Rows => rows;

    /// <summary>Gets the rows of each micro-batch.</summary>
    public SequenceRow[][] MicroBatches { get; } = [.. rows.Chunk(microBatchSize)];

    /// <summary>Gets the numbers of rows, of real tokens, and of tokens with padding.</summary>
    public (double Rows, double Tokens, double Padded) Workload =>
        (rows.Length, rows.Sum(row => (double)row.Tokens), MicroBatches.Sum(microBatch => (double)microBatch.Length * GetPaddedTokens(microBatch)));

    /// <summary>Creates the batches of an epoch in order. Each is read and packed while the one before is in use.</summary>
    /// <param name="steps">The rows of each step.</param>
    /// <param name="pack">Packs the rows of a step.</param>
    /// <returns>The batches. Each is disposed when the next one is requested.</returns>
    public static IEnumerable<StepBatch> PrefetchBatches(IEnumerable<SequenceRow[]> steps, Func<SequenceRow[], StepBatch> pack)
    {
        foreach (var prefetched in Prefetcher.Prefetch(steps.Select(pack), unused => unused.Dispose()))
        {
            using var batch = prefetched;
            yield return batch;
        }
    }

    /// <summary>Gets the length of the longest half in a micro-batch, in tokens.</summary>
    public static int GetPaddedTokens(SequenceRow[] microBatch) => microBatch.Max(row => row.PaddedTokens);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>The rows of one step as the managed engine reads them.</summary>
internal sealed class ManagedStepBatch : StepBatch
{
    /// <summary>Packs rows. Their values are not copied.</summary>
    public ManagedStepBatch(SequenceRow[] rows, int microBatchSize)
        : base(rows, microBatchSize)
    {
        Sequences = [.. MicroBatches.SelectMany(microBatch =>
        {
            var batchTokens = GetPaddedTokens(microBatch);
            return microBatch.Select(row => new TrainingSequence
            {
                Values = row.Values,
                PaddedTokens = row.PaddedTokens,
                Tokens = row.Tokens,
                BatchTokens = batchTokens,
                Labels = Array.ConvertAll(row.Labels, label => label ? 1f : 0f),
                Weight = row.Weight,
            });
        })];
    }

    /// <summary>Gets the rows.</summary>
    public TrainingSequence[] Sequences { get; }
}
