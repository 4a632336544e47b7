namespace MlNetNtd;

/// <summary>The seeds of a training's random draws. They differ, so that no draw repeats the numbers of another one.</summary>
/// <param name="Weights">The seed of the initial weights.</param>
/// <param name="Split">The seed of the validation split.</param>
/// <param name="Order">The seed of the order of rows.</param>
internal sealed record TrainingSeeds(int Weights, int Split, int Order)
{
    /// <summary>Gets the seed of dropout. Dropout uses another generator than the weights, so it can share their seed.</summary>
    public int Dropout => Weights;

    /// <summary>Derives the seeds from the seed of the training.</summary>
    public static TrainingSeeds FromSeed(int seed)
    {
        var random = new Random(seed);
        return new TrainingSeeds(random.Next(), random.Next(), random.Next());
    }
}
