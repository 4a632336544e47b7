namespace MlNetNtd.Benchmarks;

/// <summary>The size of a network and a call: two layers of four heads, C = D.</summary>
/// <param name="Tokens">T.</param>
/// <param name="Rows">B.</param>
/// <param name="Dimension">C = D.</param>
internal sealed record ServingCase(int Tokens, int Rows, int Dimension)
{
    public const int Layers = 2;
    public const int Heads = 4;

    private static readonly int[] Dimensions = [64, 256, 512];
    private static readonly int[] Lengths = [32, 128, 512];
    private static readonly int[] Batches = [1, 32, 256];

    // Above it, one call takes seconds, and the smaller cases say the same.
    private const double MaxMultiplyAdds = 5e10;

    /// <summary>Gets every case of which one call takes less than about a second.</summary>
    public static IEnumerable<ServingCase> All =>
        from dimension in Dimensions
        from tokens in Lengths
        from rows in Batches
        let one = new ServingCase(tokens, rows, dimension)
        where one.MultiplyAdds <= MaxMultiplyAdds
        select one;

    public DiscriminatorConfig Config => new()
    {
        EmbeddingDimension = Dimension,
        ModelDimension = Dimension,
        MaxTokens = Tokens,
        Heads = Heads,
        Layers = Layers,
    };

    /// <summary>
    /// Gets the necessary multiply-adds of a call. A position takes D² for the input projection and 12 D² in each layer; the last layer's
    /// context takes 2 D², for keys and values. A query at time t takes 2 t D for t keys, and a candidate 2 D more for itself.
    /// </summary>
    public double MultiplyAdds
    {
        get
        {
            double tokens = Tokens, width = Dimension;
            var linear = tokens * width * width * (2 + 24 * (Layers - 1) + 12 + 2);
            var attention = (2 * Layers - 1) * tokens * (tokens + 1) * width + Layers * tokens * 2 * width;
            return Rows * (linear + attention);
        }
    }

    /// <summary>Draws combined sequences, (B, 2T, C).</summary>
    public float[] Draw()
    {
        var random = new Random(1);
        var values = new float[Rows * 2 * Tokens * Dimension];
        foreach (ref var value in values.AsSpan())
            value = 2 * random.NextSingle() - 1;
        return values;
    }
}
