namespace MlNetNtd.Studies.Sweep;

/// <summary>The sizes of a sweep.</summary>
internal sealed record Hyperparameters
{
    /// <summary>T, the tokens of a row.</summary>
    public int Tokens { get; init; } = 8;

    /// <summary>C, the values of an embedding.</summary>
    public int Dimension { get; init; } = 32;

    /// <summary>The most words that have an embedding of their own.</summary>
    public int Words { get; init; } = 800;

    /// <summary>Random words drawn for each held-out one; more of them measure a model more exactly.</summary>
    public int HeldOutDraws { get; init; } = 4;

    /// <summary>The number of options that are tried, the default ones among them.</summary>
    public int Trials { get; init; } = 24;

    /// <summary>The epochs of a trial that is never stopped.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>After each of these epochs, the worse half of the remaining trials is stopped.</summary>
    public IReadOnlyList<int> Rungs { get; init; } = [3];

    /// <summary>The number of best trials that train again, because the best of one seed may be luck.</summary>
    public int Finalists { get; init; } = 3;

    /// <summary>The seeds that the default options and the finalists train with in the end.</summary>
    public int FinalSeeds { get; init; } = 3;

    /// <summary>What computes the trainings.</summary>
    public EngineKind Engine { get; init; }
}
