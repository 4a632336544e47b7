namespace MlNetNtd.Examples.TextGan;

/// <summary>Where a run is: everything that a checkpoint holds.</summary>
internal sealed record RunState
{
    /// <summary>The text's file.</summary>
    public required string Input { get; init; }

    /// <summary>How many adversarial rounds there will be.</summary>
    public required int Rounds { get; init; }

    /// <summary>How the networks stood before the first round; null: the discriminator has not had its first training.</summary>
    public Standing? Start { get; init; }

    /// <summary>The epochs of pre-training that are over.</summary>
    public IReadOnlyList<GeneratorEpoch> Epochs { get; init; } = [];

    /// <summary>The adversarial rounds that are over.</summary>
    public IReadOnlyList<RoundResult> Results { get; init; } = [];

    /// <summary>The generator's weights as they are, by name; none: as they are drawn.</summary>
    public IReadOnlyDictionary<string, float[]> Generator { get; init; } = new Dictionary<string, float[]>();

    /// <summary>The discriminator's weights after the last round, or its first training; null: it has not had that.</summary>
    public IReadOnlyDictionary<string, float[]>? Discriminator { get; init; }

    /// <summary>What an epoch or a round that is going on knows; null: none is.</summary>
    public UnderWay? UnderWay { get; init; }
}

/// <summary>What an epoch or a round knows between two of its steps.</summary>
/// <param name="Step">The steps that are done.</param>
/// <param name="Sums">Of their losses.</param>
/// <param name="Generator">The generator's optimizer.</param>
/// <param name="Discriminator">The discriminator and its optimizer; null: it is not trained.</param>
internal sealed record UnderWay(int Step, RoundLosses Sums, ScalarSafeAdamState Generator, DiscriminatorLearnerState? Discriminator);

/// <summary>What an epoch of pre-training came to, in nats a word.</summary>
/// <param name="TrainingLoss">While the weights were moving.</param>
/// <param name="HeldOutLoss">After the epoch, on held-out text.</param>
internal sealed record GeneratorEpoch(double TrainingLoss, double HeldOutLoss);

/// <summary>How the two networks stand, judged on held-out text.</summary>
/// <param name="HeldOutLoss">The generator's next-word loss, in nats a word.</param>
/// <param name="Discriminator">What the discriminator makes of true words and of those that the generator drew.</param>
/// <param name="PairAuc">What the mutual information of pairs reaches on the same words.</param>
/// <param name="Sample">What the generator writes.</param>
internal sealed record Standing(double HeldOutLoss, NetworkJudgement Discriminator, double PairAuc, string Sample);

/// <summary>What an adversarial round came to.</summary>
/// <param name="Losses">While the weights were moving.</param>
/// <param name="Standing">After the round.</param>
internal sealed record RoundResult(RoundLosses Losses, Standing Standing);
