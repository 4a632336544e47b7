using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>This process's rows of one step as micro-batches of tensors on the network's device. It owns the tensors.</summary>
/// <param name="Rows">All rows.</param>
/// <param name="MicroBatches">The rows and the tensors of each micro-batch.</param>
internal sealed record StepBatch(SequenceRow[] Rows, IReadOnlyList<(SequenceRow[] Rows, MicroBatch Input)> MicroBatches) : IDisposable
{
    /// <summary>Creates the batches of an epoch in order. Each is read, packed and moved to the device while the one before is in use.</summary>
    /// <param name="steps">The rows of each step.</param>
    /// <param name="microBatchSize">The maximum number of rows in a micro-batch.</param>
    /// <param name="byToken">Whether each token needs a label.</param>
    /// <param name="device">The device of the network.</param>
    /// <returns>The batches. Each is disposed when the next one is requested.</returns>
    public static IEnumerable<StepBatch> PrefetchBatches(IEnumerable<SequenceRow[]> steps, int microBatchSize, bool byToken, Device device)
    {
        foreach (var prefetched in Prefetcher.Prefetch(steps.Select(rows => Create(rows, microBatchSize, byToken, device)), unused => unused.Dispose()))
        {
            using var batch = prefetched;
            yield return batch;
        }
    }

    /// <summary>Gets the numbers of rows, of real tokens, and of tokens with padding.</summary>
    public (double Rows, double Tokens, double Padded) Workload =>
        (Rows.Length, Rows.Sum(row => (double)row.Tokens), MicroBatches.Sum(microBatch => (double)microBatch.Input.Rows * microBatch.Input.Tokens));

    public void Dispose()
    {
        foreach (var tensor in MicroBatches.SelectMany(microBatch => Tensors(microBatch.Input)))
            tensor.Dispose();
    }

    // The tensors leave the dispose scope, because scopes belong to a thread and batches change threads.
    private static StepBatch Create(SequenceRow[] rows, int microBatchSize, bool byToken, Device device)
    {
        using var scope = NewDisposeScope();
        var batch = new StepBatch(rows, [.. rows.Chunk(microBatchSize).Select(chunk => (chunk, Pack(chunk)))]);
        foreach (var tensor in batch.MicroBatches.SelectMany(microBatch => Tensors(microBatch.Input)))
            tensor.DetachFromDisposeScope();
        return batch;

        MicroBatch Pack(SequenceRow[] chunk)
        {
            var packed = PaddedBatch.Create(chunk, device);
            return new MicroBatch(packed.Sequences, packed.Mask, PaddedBatch.Labels(chunk, byToken, device), packed.Tokens, PaddedBatch.Weights(chunk, device));
        }
    }

    private static IEnumerable<Tensor> Tensors(MicroBatch input) =>
        new[] { input.Sequences, input.Mask, input.Labels, input.RealTokens, input.Weights }.OfType<Tensor>();
}
