namespace MlNetNtd.Studies.Sweep;

/// <summary>The search space: values of the trainer's options, drawn independently. The other options keep their defaults.</summary>
internal static class SearchSpace
{
    private static readonly int[] Widths = [48, 64, 96];
    private static readonly int[] HeadCounts = [2, 4, 8];
    private static readonly int[] FeedForwardFactors = [1, 2, 4];
    private static readonly int[] BatchSizes = [8, 16, 32, 64];

    /// <summary>Draws options.</summary>
    /// <param name="seed">Decides which.</param>
    public static NextTokenDiscriminatorTrainer.Options Draw(int seed)
    {
        var random = new Random(seed);
        var width = Choice(random, Widths);
        return new NextTokenDiscriminatorTrainer.Options
        {
            ModelDimension = width,
            Heads = Choice(random, HeadCounts),
            Layers = random.Next(1, 3),
            FeedForwardDimension = width * Choice(random, FeedForwardFactors),
            Dropout = Rounded(0.3 * random.NextDouble()),
            LearningRate = LogUniform(random, 7e-4, 7e-3),
            WeightDecay = LogUniform(random, 1e-3, 0.3),
            WarmupFraction = Rounded(0.3 * random.NextDouble()),
            BatchSize = Choice(random, BatchSizes),
        };
    }

    private static int Choice(Random random, int[] values) => values[random.Next(values.Length)];

    // Every order of magnitude of a rate is equally likely.
    private static double LogUniform(Random random, double least, double most) =>
        Rounded(Math.Exp(Math.Log(least) + (Math.Log(most) - Math.Log(least)) * random.NextDouble()));

    // To two digits, as the table shows them.
    private static double Rounded(double value)
    {
        var unit = value == 0 ? 1 : Math.Pow(10, 1 - Math.Floor(Math.Log10(value)));
        return Math.Round(value * unit) / unit;
    }
}
