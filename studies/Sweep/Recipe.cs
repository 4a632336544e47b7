namespace MlNetNtd.Examples.Sweep;

/// <summary>The sizes of a sweep.</summary>
internal sealed record Recipe
{
    /// <summary>T, the tokens of a row.</summary>
    public int Tokens { get; init; } = 8;

    /// <summary>C, the values of an embedding.</summary>
    public int Dimension { get; init; } = 32;

    /// <summary>The most words that have an embedding of their own.</summary>
    public int Words { get; init; } = 800;

    /// <summary>Wrong words drawn for each held-out one: more of them say more exactly what a model is worth.</summary>
    public int HeldOutDraws { get; init; } = 4;

    /// <summary>The budget: the epochs of a trial that is never stopped.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>After each of these epochs, half of the trials that are left are stopped.</summary>
    public IReadOnlyList<int> Rungs { get; init; } = [3];

    /// <summary>
    /// How many of the best trials train again: what one seed puts first, others may not. The lowest mean validation loss wins.
    /// </summary>
    public int Finalists { get; init; } = 3;

    /// <summary>Seeds that the default options and the finalists are trained with in the end.</summary>
    public int FinalSeeds { get; init; } = 3;
}
