using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>One step's rows as tensors on the network's device, in pieces that fit. They belong to this.</summary>
/// <param name="Rows">All rows.</param>
/// <param name="Pieces">The rows of each piece, and what the learner reads.</param>
internal sealed record TrainingBatch(SequenceRow[] Rows, IReadOnlyList<(SequenceRow[] Rows, LearningBatch Input)> Pieces) : IDisposable
{
    /// <summary>Batches in order, each read, packed and moved to the device while the one before is worked on.</summary>
    /// <param name="rows">Of each batch.</param>
    /// <param name="piece">How many rows fit at once.</param>
    /// <param name="byToken">Whether a label is needed for each token.</param>
    /// <param name="device">Where the network is.</param>
    /// <returns>The batches, each disposed when the next one is asked for.</returns>
    public static IEnumerable<TrainingBatch> Ahead(IEnumerable<SequenceRow[]> rows, int piece, bool byToken, Device device)
    {
        foreach (var made in MlNetNtd.Ahead.Of(rows.Select(some => Of(some, piece, byToken, device)), unasked => unasked.Dispose()))
        {
            using var batch = made;
            yield return batch;
        }
    }

    /// <summary>How many rows, real tokens and tokens with padding there are.</summary>
    public (double Rows, double Tokens, double Padded) Work =>
        (Rows.Length, Rows.Sum(row => (double)row.Tokens), Pieces.Sum(piece => (double)piece.Input.Rows * piece.Input.Tokens));

    public void Dispose()
    {
        foreach (var tensor in Pieces.SelectMany(piece => Tensors(piece.Input)))
            tensor.Dispose();
    }

    // Dispose scopes are a thread's own.
    private static TrainingBatch Of(SequenceRow[] rows, int piece, bool byToken, Device device)
    {
        using var scope = NewDisposeScope();
        var batch = new TrainingBatch(rows, [.. rows.Chunk(piece).Select(some => (some, Input(some)))]);
        foreach (var tensor in batch.Pieces.SelectMany(one => Tensors(one.Input)))
            tensor.DetachFromDisposeScope();
        return batch;

        LearningBatch Input(SequenceRow[] some)
        {
            var packed = Batch.Of(some, device);
            return new LearningBatch(packed.Sequences, packed.Mask, Batch.Labels(some, byToken, device), packed.Tokens, Batch.Weights(some, device));
        }
    }

    private static IEnumerable<Tensor> Tensors(LearningBatch input) =>
        new[] { input.Sequences, input.Mask, input.Labels, input.RealTokens, input.Weights }.OfType<Tensor>();
}
