namespace MlNetNtd.Examples.TextGan;

/// <summary>Where a run is: everything that a checkpoint holds besides weights. No state of optimizers: see the phases.</summary>
internal sealed record RunState
{
    public const int CurrentVersion = 1;

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

    /// <summary>Whether the discriminator has had its first training.</summary>
    public bool HasDiscriminator { get; init; }

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

/// <summary>What an adversarial round came to.</summary>
/// <param name="GeneratorLoss">Teacher forcing and the adversarial loss, while the weights were moving.</param>
/// <param name="HeldOutLoss">Teacher forcing on held-out text after the round, in nats a word.</param>
/// <param name="DiscriminatorLoss">While the weights were moving.</param>
/// <param name="Auc">The discriminator's, over tokens of held-out text, after the round.</param>
/// <param name="Sample">What the generator writes.</param>
internal sealed record RoundResult(double GeneratorLoss, double HeldOutLoss, double DiscriminatorLoss, double Auc, string Sample);
