namespace MlNetNtd;

/// <summary>The seeds of what is drawn in a training, each another one, so that no draw repeats another's numbers.</summary>
/// <param name="Weights">Of the first weights.</param>
/// <param name="Split">Of the rows kept for validation.</param>
/// <param name="Order">Of the order of rows.</param>
internal sealed record TrainingSeeds(int Weights, int Split, int Order)
{
    /// <summary>Of what dropout leaves out. It is drawn by other means than the weights, and may share their seed.</summary>
    public int Dropout => Weights;

    /// <summary>Those that follow from a training's own.</summary>
    public static TrainingSeeds FromSeed(int seed)
    {
        var random = new Random(seed);
        return new TrainingSeeds(random.Next(), random.Next(), random.Next());
    }
}
