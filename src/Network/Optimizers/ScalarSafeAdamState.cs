namespace MlNetNtd;

/// <summary>
/// What a <see cref="ScalarSafeAdam"/> or <see cref="ScalarSafeAdamW"/> knows between two steps, as plain values: a
/// <see cref="TrainingCheckpoint{TState}"/> writes it.
/// </summary>
/// <remarks>One entry for each parameter, in the order in which the optimizer was given them.</remarks>
public sealed record ScalarSafeAdamState
{
    /// <summary>Steps in which the parameter had a gradient.</summary>
    public required long[] Steps { get; init; }

    /// <summary>The running mean of the gradients: as many values as the parameter has, row-major.</summary>
    public required float[][] Means { get; init; }

    /// <summary>The running mean of their squares.</summary>
    public required float[][] Squares { get; init; }
}
