namespace MlNetNtd.Studies.TextGan;

/// <summary>The sizes of a run.</summary>
internal sealed record Hyperparameters
{
    /// <summary>Ends within three minutes on two CPU cores.</summary>
    public static Hyperparameters Default { get; } = new()
    {
        Name = "default",
        Tokens = 32,
        Dimension = 64,
        Words = 800,
        Hidden = 64,
        GeneratorDropout = 0.4,
        BatchSize = 16,
        PretrainingEpochs = 4,
        PretrainingRate = 6e-3,
        Layers = 1,
        FeedForward = 256,
        Dropout = 0.2,
        DiscriminatorPasses = 10,
        DiscriminatorEpochs = 6,
        DiscriminatorRate = 4e-3,
        Rounds = 4,
        BatchesPerRound = 60,
    };

    /// <summary>Ends within half a minute, to see what it does.</summary>
    public static Hyperparameters Quick { get; } = new()
    {
        Name = "quick",
        Tokens = 16,
        Dimension = 32,
        Words = 400,
        Hidden = 48,
        GeneratorDropout = 0.3,
        BatchSize = 16,
        PretrainingEpochs = 2,
        PretrainingRate = 1e-2,
        Layers = 1,
        FeedForward = 128,
        Dropout = 0.1,
        DiscriminatorPasses = 3,
        DiscriminatorEpochs = 8,
        DiscriminatorRate = 3e-3,
        Rounds = 2,
        BatchesPerRound = 40,
    };

    /// <summary>For a GPU.</summary>
    public static Hyperparameters Full { get; } = new()
    {
        Name = "full",
        Tokens = 64,
        Dimension = 128,
        Words = 2500,
        Hidden = 256,
        GeneratorDropout = 0.5,
        BatchSize = 16,
        PretrainingEpochs = 12,
        PretrainingRate = 3e-3,
        Layers = 2,
        FeedForward = 512,
        Dropout = 0.1,
        DiscriminatorPasses = 10,
        DiscriminatorEpochs = 10,
        DiscriminatorRate = 2e-3,
        Rounds = 20,
        BatchesPerRound = int.MaxValue,
    };

    public static IReadOnlyList<Hyperparameters> All { get; } = [Quick, Default, Full];

    public required string Name { get; init; }

    /// <summary>T, the tokens of a window.</summary>
    public required int Tokens { get; init; }

    /// <summary>C, the values of an embedding.</summary>
    public required int Dimension { get; init; }

    /// <summary>The most words that have an embedding of their own.</summary>
    public required int Words { get; init; }

    /// <summary>The width of the generator's state.</summary>
    public required int Hidden { get; init; }

    /// <summary>The generator's dropout rate.</summary>
    public required double GeneratorDropout { get; init; }

    /// <summary>Windows per step of the generator, and of the adversarial rounds.</summary>
    public required int BatchSize { get; init; }

    public required int PretrainingEpochs { get; init; }

    public required double PretrainingRate { get; init; }

    /// <summary>The discriminator's encoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>The width of the discriminator's feed-forward parts.</summary>
    public required int FeedForward { get; init; }

    /// <summary>The discriminator's dropout rate.</summary>
    public required double Dropout { get; init; }

    /// <summary>Passes over the text, each with draws of its own, that the discriminator's first training is made of.</summary>
    public required int DiscriminatorPasses { get; init; }

    /// <summary>Epochs of the discriminator on these before the rounds.</summary>
    public required int DiscriminatorEpochs { get; init; }

    public required double DiscriminatorRate { get; init; }

    /// <summary>Adversarial rounds, where the command line does not say.</summary>
    public required int Rounds { get; init; }

    /// <summary>The most steps of a round; a pass over the text where it has fewer.</summary>
    public required int BatchesPerRound { get; init; }

    /// <summary>The learning rate of both sides in the rounds: small, so that neither outruns the other.</summary>
    public double AdversarialRate { get; init; } = 1e-3;

    /// <summary>The weight of the adversarial loss beside that of teacher forcing.</summary>
    public double AdversarialWeight { get; init; } = 0.3;

    /// <summary>Words that the generator draws for each token in the rounds: their scores are compared.</summary>
    public int AdversarialDraws { get; init; } = 4;

    /// <summary>How the generator follows these scores.</summary>
    public GeneratorUpdate Update { get; init; } = GeneratorUpdate.ForwardKl;

    /// <summary>
    /// Whether the adversary learns in the rounds from words at random, too. They move its logit away from log(real / generated probability):
    /// where the generator is right, likely words still score above others, and the generator becomes sharper than the text.
    /// </summary>
    public bool RandomWordsInRounds { get; init; }

    /// <summary>What computes trainings by the trainer: the first of the discriminator, and those of fresh ones. The rounds are Torch's.</summary>
    public EngineKind Engine { get; init; }

    /// <summary>Passes over the text that a fresh discriminator of an ablation learns from.</summary>
    public int FreshDiscriminatorPasses { get; init; } = 2;

    /// <summary>Its epochs on these.</summary>
    public int FreshDiscriminatorEpochs { get; init; } = 5;
}
