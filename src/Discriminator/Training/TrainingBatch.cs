using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>One step's rows as tensors on the network's device. They belong to this.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Input">What the network reads.</param>
/// <param name="Labels">(B), or (B, P).</param>
/// <param name="Weights">(B), or null.</param>
internal sealed record TrainingBatch(SequenceRow[] Rows, Batch Input, Tensor Labels, Tensor? Weights) : IDisposable
{
    /// <summary>
    /// Batches in order, each packed and moved to the device on another thread while the one before is worked on. What goes
    /// wrong there comes out here, in its turn.
    /// </summary>
    /// <param name="rows">Of each batch.</param>
    /// <param name="byToken">Whether there is a label a token.</param>
    /// <param name="device">Where the network is.</param>
    /// <returns>The batches, each disposed when the next one is asked for.</returns>
    public static IEnumerable<TrainingBatch> Ahead(IEnumerable<SequenceRow[]> rows, bool byToken, Device device)
    {
        Task<TrainingBatch>? next = null;
        try
        {
            foreach (var chunk in rows)
            {
                var ready = next;
                next = Task.Run(() => Of(chunk, byToken, device));
                if (ready is null)
                    continue;
                using var batch = ready.GetAwaiter().GetResult();
                yield return batch;
            }

            if (next is not null)
            {
                using var last = next.GetAwaiter().GetResult();
                next = null;
                yield return last;
            }
        }
        finally
        {
            // Whoever stops early leaves one behind.
            if (next is not null)
                Drop(next);
        }
    }

    public void Dispose()
    {
        Input.Sequences.Dispose();
        Input.Mask?.Dispose();
        Input.Tokens?.Dispose();
        Labels.Dispose();
        Weights?.Dispose();
    }

    private static void Drop(Task<TrainingBatch> task)
    {
        // Its error, if it is one, is nobody's: the batch was never asked for.
        if (((IAsyncResult)task).AsyncWaitHandle.WaitOne() && task.IsCompletedSuccessfully)
            task.Result.Dispose();
    }

    // Dispose scopes are a thread's own.
    private static TrainingBatch Of(SequenceRow[] rows, bool byToken, Device device)
    {
        using var scope = NewDisposeScope();
        var batch = new TrainingBatch(rows, Batch.Of(rows, device), Batch.Labels(rows, byToken, device), Batch.Weights(rows, device));
        foreach (var tensor in new[] { batch.Input.Sequences, batch.Input.Mask, batch.Input.Tokens, batch.Labels, batch.Weights })
            tensor?.DetachFromDisposeScope();
        return batch;
    }
}
