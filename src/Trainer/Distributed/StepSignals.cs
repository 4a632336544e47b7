namespace MlNetNtd;

/// <summary>What processes that train together tell each other at each step, beside gradients and loss; one that trains alone knows it.</summary>
/// <param name="gradients">What goes with the gradients; null: there is one process.</param>
internal sealed class StepSignals(GradientAllReduce? gradients)
{
    /// <summary>How many numbers go with the gradients.</summary>
    public const int Count = 5;

    private OperationCanceledException? _cancelled;

    /// <summary>How much all processes worked on in the last step.</summary>
    public (double Rows, double Tokens, double Padded) Workload { get; private set; }

    /// <summary>Whether a checkpoint is due after the last step.</summary>
    public bool IsCheckpointDue { get; private set; }

    /// <summary>Whether training was cancelled in one of several processes before the last step.</summary>
    public bool IsCancelled => gradients?.Signals[^1] > 0;

    /// <summary>Before a step.</summary>
    /// <param name="batch">This process's part of it.</param>
    /// <param name="firstRow">Which of the step's rows is the first of it.</param>
    /// <param name="checkpointDue">Whether the first process wants a checkpoint after it.</param>
    /// <param name="throwIfCancelled">Called here. Where others wait for this process's part, what it throws waits for the end of the step.</param>
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
            _cancelled = error;
        }

        var (rows, tokens, padded) = batch.Workload;
        gradients.FirstRow = firstRow;
        float[] mine = [(float)rows, (float)tokens, (float)padded, checkpointDue ? 1 : 0, _cancelled is null ? 0 : 1];
        mine.CopyTo(gradients.Signals, 0);
    }

    /// <summary>After it.</summary>
    /// <param name="checkpointDue">Whether a checkpoint is due, for one that trains alone.</param>
    public void Receive(bool checkpointDue)
    {
        IsCheckpointDue = checkpointDue;
        if (gradients?.Signals is not [var rows, var tokens, var padded, var due, _])
            return;
        Workload = (rows, tokens, padded);
        IsCheckpointDue = due > 0;
    }

    /// <summary>Ends training in all processes where it was cancelled in one.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public void ThrowIfCancelled()
    {
        if (IsCancelled)
            throw _cancelled ?? new OperationCanceledException("Training was cancelled in another process.");
    }
}
