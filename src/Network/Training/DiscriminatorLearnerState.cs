namespace MlNetNtd;

/// <summary>
/// All that a <see cref="DiscriminatorLearner"/> and its network know between two steps, as plain values: what a checkpoint of a
/// loop of one's own has to hold of them. A learner of a network of the same sizes, seed and options that is given it goes on as the
/// first one would have, bit for bit on a CPU with as many threads.
/// </summary>
public sealed record DiscriminatorLearnerState
{
    /// <summary>Steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>Passes of the network while training: they decide what dropout leaves out next.</summary>
    public required long Passes { get; init; }

    /// <summary>Steps of the optimizer.</summary>
    public required int OptimizerSteps { get; init; }

    /// <summary>The network's weights, by name, row-major.</summary>
    public required IReadOnlyDictionary<string, float[]> Weights { get; init; }

    /// <summary>The optimizer's running means of the gradients, one behind another.</summary>
    public required float[] Mean { get; init; }

    /// <summary>The optimizer's running means of their squares.</summary>
    public required float[] Square { get; init; }
}
