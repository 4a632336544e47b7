namespace MlNetNtd;

/// <summary>
/// The complete state of a <see cref="DiscriminatorLearner"/> and its network between two steps, as plain values that a checkpoint
/// can hold. A learner with this state, whose network has the same sizes, seed and options, continues as the original would, bit
/// for bit on a CPU with the same number of threads.
/// </summary>
public sealed record DiscriminatorLearnerState
{
    /// <summary>Gets the number of steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the number of the network's training passes, which decides what dropout drops next.</summary>
    public required long Passes { get; init; }

    /// <summary>Gets the number of the optimizer's steps.</summary>
    public required int OptimizerSteps { get; init; }

    /// <summary>Gets the network's weights by name, row-major.</summary>
    public required IReadOnlyDictionary<string, float[]> Weights { get; init; }

    /// <summary>Gets the optimizer's running means of gradients, concatenated.</summary>
    public required float[] Mean { get; init; }

    /// <summary>Gets the optimizer's running means of squared gradients, concatenated.</summary>
    public required float[] Square { get; init; }
}
