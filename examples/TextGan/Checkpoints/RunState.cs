namespace MlNetNtd.Examples.TextGan;

/// <summary>Where a run is: everything that a checkpoint holds besides weights. No state of optimizers: see the phases.</summary>
internal sealed record RunState
{
    public const int CurrentVersion = 2;

    /// <summary>Of the file's form.</summary>
    public int Version { get; init; } = CurrentVersion;

    public required string Preset { get; init; }

    public required int Seed { get; init; }

    /// <summary>The text's file.</summary>
    public required string Input { get; init; }

    /// <summary>The text's own hash.</summary>
    public required string InputHash { get; init; }

    /// <summary>How many adversarial rounds there will be.</summary>
    public required int Rounds { get; init; }

    /// <summary>How the networks stood before the first round; null: the discriminator has not had its first training.</summary>
    public Standing? Start { get; init; }

    /// <summary>Steps done of the epoch or round that is going on; 0 between them.</summary>
    public int Step { get; init; }

    /// <summary>The epochs of pre-training that are over.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; init; } = [];

    /// <summary>The adversarial rounds that are over.</summary>
    public IReadOnlyList<RoundResult> Results { get; init; } = [];
}

/// <summary>What an epoch of pre-training came to, in nats a word.</summary>
/// <param name="TrainingLoss">While the weights were moving.</param>
/// <param name="HeldOutLoss">After the epoch, on held-out text.</param>
internal sealed record EpochResult(double TrainingLoss, double HeldOutLoss);

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
