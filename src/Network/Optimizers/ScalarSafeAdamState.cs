namespace MlNetNtd;

/// <summary>
/// The state of a <see cref="ScalarSafeAdam"/> or <see cref="ScalarSafeAdamW"/> between two steps, as plain values that a <see
/// cref="TrainingCheckpoint{TState}"/> can hold.
/// </summary>
/// <remarks>Each array has one entry per parameter, in the optimizer's order of parameters.</remarks>
public sealed record ScalarSafeAdamState
{
    /// <summary>Gets the number of steps in which each parameter had a gradient.</summary>
    public required long[] Steps { get; init; }

    /// <summary>Gets the running mean of each parameter's gradients, row-major.</summary>
    public required float[][] Means { get; init; }

    /// <summary>Gets the running mean of each parameter's squared gradients, row-major.</summary>
    public required float[][] Squares { get; init; }
}
