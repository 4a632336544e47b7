namespace MlNetNtd;

/// <summary>The complete state of a training between two steps, as a checkpoint holds it.</summary>
internal sealed record TrainingState
{
    /// <summary>Gets the current epoch, from 1. After the last epoch it is the number of epochs plus 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>Gets the number of batches of the epoch that are done.</summary>
    public int Batches { get; init; }

    /// <summary>Gets the time that these batches took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Gets the number of steps skipped because their loss or a gradient was not finite.</summary>
    public int Skipped { get; init; }

    /// <summary>Gets the results of the finished epochs.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];

    /// <summary>Gets the state of the learner and its network; null before the first checkpoint.</summary>
    public DiscriminatorLearnerState? Learner { get; init; }

    /// <summary>Gets the weights of the best epoch by name; empty before the end of the first epoch.</summary>
    public IReadOnlyDictionary<string, float[]> Best { get; init; } = new Dictionary<string, float[]>();

    /// <summary>Gets the metrics of the training rows in the current epoch so far.</summary>
    public BinaryMetricsState Metrics { get; init; } = new(0, 0, 0, 0, 0);
}
