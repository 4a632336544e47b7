namespace MlNetNtd.Studies.TextGan;

/// <summary>The state of a run: everything that a checkpoint holds.</summary>
internal sealed record RunState
{
    /// <summary>The metrics before the first round; null until the discriminator has had its first training.</summary>
    public RoundMetrics? Start { get; init; }

    /// <summary>The finished epochs of pre-training.</summary>
    public IReadOnlyList<GeneratorEpoch> Epochs { get; init; } = [];

    /// <summary>The finished adversarial rounds.</summary>
    public IReadOnlyList<RoundResult> Results { get; init; } = [];

    /// <summary>The generator's weights by name; empty: the initial ones.</summary>
    public IReadOnlyDictionary<string, float[]> Generator { get; init; } = new Dictionary<string, float[]>();

    /// <summary>The discriminator's weights after its first training; null before that. Nothing changes them: the model that is saved scores by them.</summary>
    public IReadOnlyDictionary<string, float[]>? Discriminator { get; init; }

    /// <summary>The adversary's weights after the last round; null before the first, which begins with the discriminator's.</summary>
    public IReadOnlyDictionary<string, float[]>? Adversary { get; init; }

    /// <summary>The state of an unfinished epoch or round; null: none.</summary>
    public StepState? Unfinished { get; init; }
}

/// <summary>The state of an epoch or a round between two of its steps.</summary>
/// <param name="Step">The number of finished steps.</param>
/// <param name="Sums">The sums of their losses.</param>
/// <param name="Generator">The generator's optimizer.</param>
/// <param name="Discriminator">The adversary and its optimizer; null: it is not trained.</param>
internal sealed record StepState(int Step, RoundLosses Sums, ScalarSafeAdamState Generator, DiscriminatorLearnerState? Discriminator);

/// <summary>Called after a step.</summary>
/// <param name="getState">Creates the state to save.</param>
/// <returns>False: the epoch or round stops.</returns>
internal delegate bool StepCallback(Func<StepState> getState);

/// <summary>The losses of an epoch of pre-training, in nats per word.</summary>
/// <param name="TrainingLoss">While the weights change.</param>
/// <param name="HeldOutLoss">After the epoch, on held-out text.</param>
internal sealed record GeneratorEpoch(double TrainingLoss, double HeldOutLoss);

/// <summary>The metrics of the two networks on held-out text.</summary>
/// <param name="HeldOutLoss">The generator's next-word loss, in nats per word.</param>
/// <param name="Discriminator">The adversary's metrics on real words and words that the generator drew.</param>
/// <param name="PairAuc">The AUC of the mutual information of pairs on the same words.</param>
/// <param name="Sample">A text that the generator wrote.</param>
internal sealed record RoundMetrics(double HeldOutLoss, NetworkMetrics Discriminator, double PairAuc, string Sample);

/// <summary>The result of an adversarial round.</summary>
/// <param name="Losses">While the weights change.</param>
/// <param name="Metrics">After the round.</param>
internal sealed record RoundResult(RoundLosses Losses, RoundMetrics Metrics);
