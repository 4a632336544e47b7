namespace MlNetNtd;

/// <summary>All that a training knows between two steps, as plain values: what a checkpoint holds.</summary>
internal sealed record TrainingState
{
    /// <summary>The epoch that is being trained, from 1; one more than there are when all are over.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>How many of its batches are done.</summary>
    public int Batches { get; init; }

    /// <summary>How long they took.</summary>
    public double Seconds { get; init; }

    /// <summary>How many steps were skipped because their loss, or a gradient, was no finite number.</summary>
    public int Skipped { get; init; }

    /// <summary>The epochs that are over.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];

    /// <summary>The learner and its network; null: nothing is done.</summary>
    public DiscriminatorLearnerState? Learner { get; init; }

    /// <summary>The network's weights of the best epoch, by name; none where none is over.</summary>
    public IReadOnlyDictionary<string, float[]> Best { get; init; } = new Dictionary<string, float[]>();

    /// <summary>What was judged in this epoch so far.</summary>
    public BinaryMetricsState Judged { get; init; } = new(0, 0, 0, 0, 0);
}
