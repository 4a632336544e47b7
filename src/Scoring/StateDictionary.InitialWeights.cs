namespace MlNetNtd;

internal sealed partial class StateDictionary
{
    private const double EmbeddingDeviation = 0.1;

    /// <summary>Draws initial weights.</summary>
    /// <remarks>
    /// Uses a generator of .NET in a fixed order: a seed gives the same weights everywhere, and TorchSharp's global generator is
    /// not used.
    /// </remarks>
    /// <param name="config">The configuration, resolved.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="inputsAreStandardized">
    /// Whether the spread of each input dimension is 1. Position embeddings then begin as sinusoids of about the size of the projected tokens,
    /// which raised the AUC where rows were few (docs/evidence/measurements.md). Otherwise the size of the tokens is unknown, and small
    /// ones would drown in the sinusoids: position embeddings begin as small random values.
    /// </param>
    public static StateDictionary Initialize(DiscriminatorConfig config, int seed, bool inputsAreStandardized = false)
    {
        var random = new Random(seed);
        return new StateDictionary(config, config.Parameters().ToDictionary(
            parameter => parameter.Name,
            parameter => inputsAreStandardized && parameter.Name == ParameterNames.PositionEmbedding ? Sinusoids(parameter) : Initialize(parameter, random)));
    }

    // Initializes as PyTorch's modules do, except for the embeddings: nn.Embedding's initial values would drown the tokens'.
    private static float[] Initialize(ParameterShape parameter, Random random)
    {
        var values = new float[parameter.Count];
        var (name, sizes) = (parameter.Name, parameter.Sizes);
        if (name.EndsWith("bias", StringComparison.Ordinal) || name == ParameterNames.InitialEmbedding)
            return values;
        if (sizes is [_])
        {
            values.AsSpan().Fill(1f);
            return values;
        }

        if (name is ParameterNames.PositionEmbedding or ParameterNames.SegmentEmbedding)
            return Fill(values, () => EmbeddingDeviation * Gaussian(random));
        var bound = name.EndsWith("in_proj_weight", StringComparison.Ordinal)
            ? Math.Sqrt(6.0 / (sizes[0] + sizes[1]))
            : 1 / Math.Sqrt(sizes[1]);
        return Fill(values, () => bound * (2 * random.NextDouble() - 1));
    }

    // As in Vaswani et al. (2017), section 3.5, but the longest wave follows MaxTokens in place of 10,000, so that no dimension is constant.
    private static float[] Sinusoids(ParameterShape parameter)
    {
        var (positions, dimensions) = ((int)parameter.Sizes[0], (int)parameter.Sizes[1]);
        var values = new float[parameter.Count];
        for (var i = 0; i < dimensions; i++)
        {
            var frequency = Math.Pow(positions, -(double)(i - i % 2) / dimensions);
            for (var position = 0; position < positions; position++)
                values[position * dimensions + i] = (float)(i % 2 == 0 ? Math.Sin(position * frequency) : Math.Cos(position * frequency));
        }

        return values;
    }

    private static float[] Fill(float[] values, Func<double> draw)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)draw();
        return values;
    }

    // The Box-Muller transform; the second number of the pair is not used.
    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
