namespace MlNetNtd.Studies.Imitation;

/// <summary>Draws of mean 0 and deviation 1.</summary>
internal static class Gaussian
{
    /// <summary>Box and Muller's: one of the pair will do.</summary>
    public static double Draw(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Fills a span with draws.</summary>
    public static void Fill(Span<float> values, Random random)
    {
        foreach (ref var value in values)
            value = (float)Draw(random);
    }
}
