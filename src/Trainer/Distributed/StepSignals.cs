namespace MlNetNtd;

/// <summary>
/// Exchanges, at each step, the workload, the wish for a checkpoint and a cancellation between the processes of a training. A single
/// process communicates nothing.
/// </summary>
/// <param name="gradients">The all-reduce that carries the signals beside the gradients; null for a single process.</param>
internal sealed class StepSignals(GradientAllReduce? gradients)
{
    /// <summary>The number of values that travel with the gradients.</summary>
    public const int Count = Message.Length;

    private OperationCanceledException? _cancellation;

    /// <summary>Gets the rows, real tokens and tokens with padding of the last step, in all processes.</summary>
    public (double Rows, double Tokens, double Padded) Workload { get; private set; }

    /// <summary>Gets whether a checkpoint is due after the last step.</summary>
    public bool IsCheckpointDue { get; private set; }

    /// <summary>Gets whether training was canceled in one of several processes before the last step.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Prepares the signals of this process for the step's all-reduce.</summary>
    /// <param name="batch">This process's part of the step.</param>
    /// <param name="firstRow">The index of the part's first row among the rows of the step.</param>
    /// <param name="checkpointDue">Whether the main process wants a checkpoint after the step.</param>
    /// <param name="throwIfCancelled">
    /// Called once. With several processes its exception is kept for <see cref="ThrowIfCancelled"/>, because the others wait for this
    /// process's part of the step.
    /// </param>
    public void Send(StepBatch batch, long firstRow, bool checkpointDue, Action throwIfCancelled)
    {
        if (gradients is null)
        {
            throwIfCancelled();
            Workload = batch.Workload;
            return;
        }

        try
        {
            throwIfCancelled();
        }
        catch (OperationCanceledException error)
        {
            _cancellation = error;
        }

        gradients.FirstRow = firstRow;
        new Message(batch.Workload, checkpointDue, _cancellation is not null).Write(gradients.Signals);
    }

    /// <summary>Takes the signals of all processes after the step's all-reduce.</summary>
    /// <param name="checkpointDue">Whether a checkpoint is due; used by a single process only.</param>
    public void Receive(bool checkpointDue)
    {
        if (gradients is null)
        {
            IsCheckpointDue = checkpointDue;
            return;
        }

        var all = Message.Read(gradients.Signals);
        (Workload, IsCheckpointDue, IsCancelled) = (all.Workload, all.CheckpointDue, all.Cancelled);
    }

    /// <summary>Ends training in all processes if it was canceled in one.</summary>
    /// <exception cref="OperationCanceledException">Training was canceled.</exception>
    public void ThrowIfCancelled()
    {
        if (IsCancelled)
            throw _cancellation ?? new OperationCanceledException("Training was canceled in another process.");
    }

    // One process's signals before the all-reduce, and those of all processes after it. The all-reduce adds up floats, so numbers become
    // sums, and a flag is set where at least one process set it.
    private readonly record struct Message((double Rows, double Tokens, double Padded) Workload, bool CheckpointDue, bool Cancelled)
    {
        public const int Length = 5;

        public static Message Read(ReadOnlySpan<float> values) =>
            new((values[0], values[1], values[2]), CheckpointDue: values[3] > 0, Cancelled: values[4] > 0);

        public void Write(Span<float> values)
        {
            values[0] = (float)Workload.Rows;
            values[1] = (float)Workload.Tokens;
            values[2] = (float)Workload.Padded;
            values[3] = CheckpointDue ? 1 : 0;
            values[4] = Cancelled ? 1 : 0;
        }
    }
}
