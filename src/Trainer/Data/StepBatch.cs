using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>One step's rows as tensors on the network's device, in pieces that fit. They belong to this.</summary>
/// <param name="Rows">All rows.</param>
/// <param name="MicroBatches">The rows of each piece, and what the learner reads.</param>
internal sealed record StepBatch(SequenceRow[] Rows, IReadOnlyList<(SequenceRow[] Rows, MicroBatch Input)> MicroBatches) : IDisposable
{
    /// <summary>Batches in order, each read, packed and moved to the device while the one before is worked on.</summary>
    /// <param name="rows">Of each batch.</param>
    /// <param name="piece">How many rows fit at once.</param>
    /// <param name="byToken">Whether a label is needed for each token.</param>
    /// <param name="device">Where the network is.</param>
    /// <returns>The batches, each disposed when the next one is asked for.</returns>
    public static IEnumerable<StepBatch> PrefetchBatches(IEnumerable<SequenceRow[]> rows, int piece, bool byToken, Device device)
    {
        foreach (var made in MlNetNtd.Prefetcher.Prefetch(rows.Select(some => Create(some, piece, byToken, device)), unasked => unasked.Dispose()))
        {
            using var batch = made;
            yield return batch;
        }
    }

    /// <summary>How many rows, real tokens and tokens with padding there are.</summary>
    public (double Rows, double Tokens, double Padded) Workload =>
        (Rows.Length, Rows.Sum(row => (double)row.Tokens), MicroBatches.Sum(piece => (double)piece.Input.Rows * piece.Input.Tokens));

    public void Dispose()
    {
        foreach (var tensor in MicroBatches.SelectMany(piece => Tensors(piece.Input)))
            tensor.Dispose();
    }

    // Dispose scopes are a thread's own.
    private static StepBatch Create(SequenceRow[] rows, int piece, bool byToken, Device device)
    {
        using var scope = NewDisposeScope();
        var batch = new StepBatch(rows, [.. rows.Chunk(piece).Select(some => (some, Input(some)))]);
        foreach (var tensor in batch.MicroBatches.SelectMany(one => Tensors(one.Input)))
            tensor.DetachFromDisposeScope();
        return batch;

        MicroBatch Input(SequenceRow[] some)
        {
            var packed = PaddedBatch.Create(some, device);
            return new MicroBatch(packed.Sequences, packed.Mask, PaddedBatch.Labels(some, byToken, device), packed.Tokens, PaddedBatch.Weights(some, device));
        }
    }

    private static IEnumerable<Tensor> Tensors(MicroBatch input) =>
        new[] { input.Sequences, input.Mask, input.Labels, input.RealTokens, input.Weights }.OfType<Tensor>();
}
