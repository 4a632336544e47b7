using System.Globalization;

namespace MlNetNtd;

/// <summary>Holds the weights of a network as plain arrays, by the names of its state dictionary.</summary>
/// <param name="config">The configuration, resolved.</param>
/// <param name="values">The weights by name.</param>
internal sealed class StateDictionary(DiscriminatorConfig config, IReadOnlyDictionary<string, float[]> values)
{
    private const double EmbeddingDeviation = 0.1;

    /// <summary>Gets the configuration, resolved.</summary>
    public DiscriminatorConfig Config { get; } = config;

    /// <summary>Gets the total number of weights.</summary>
    public int Count => Values.Values.Sum(values => values.Length);

    /// <summary>Gets all weights by name.</summary>
    public IReadOnlyDictionary<string, float[]> Values { get; } = values;

    /// <summary>
    /// Gets the temperature by which the logits of these weights are divided before they become probabilities. It was fitted with the
    /// weights, so it goes where they go: into the model zip and the .safetensors file.
    /// </summary>
    public float Temperature { get; init; } = 1;

    public float[] this[string name] => Values[name];

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

    /// <summary>Reads a .safetensors file.</summary>
    /// <exception cref="FormatException">The file is damaged, or does not fit the configuration.</exception>
    public static StateDictionary Load(string path, DiscriminatorConfig config)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Metadata.TryGetValue(NetworkFile.HeadsKey, out var heads) && heads != $"{config.Heads}"
            ? throw new FormatException($"{path}: expected a network with {config.Heads} heads, found {FileText.Shown(heads)} in its metadata.")
            : Read(file, path, config);
    }

    /// <summary>Reads the weights from an open .safetensors file.</summary>
    /// <exception cref="FormatException">The file is damaged, or does not fit the configuration.</exception>
    public static StateDictionary Read(SafetensorsFile file, string path, DiscriminatorConfig config)
    {
        var parameters = config.Parameters().ToDictionary(parameter => parameter.Name);
        if (file.Entries.FirstOrDefault(entry => !parameters.ContainsKey(entry.Name)) is { } unknown)
            throw new FormatException($"{path}: tensor '{FileText.Shown(unknown.Name)}' belongs to no part of a network of this shape.");
        var values = new Dictionary<string, float[]>();
        foreach (var (name, parameter) in parameters)
        {
            if (file.Find(name) is not { } tensor)
                throw new FormatException($"{path}: expected a tensor '{name}' of shape {Text(parameter.Sizes)}, found none of that name.");
            if (tensor.DType != TensorData.F32)
                throw new FormatException($"{path}: expected '{name}' of type {TensorData.F32}, found {FileText.Shown(tensor.DType)}.");
            if (!tensor.Shape.AsSpan().SequenceEqual(parameter.Sizes.AsSpan()))
                throw new FormatException($"{path}: expected '{name}' of shape {Text(parameter.Sizes)}, found {Text(tensor.Shape)}.");
            values.Add(name, file.Read(tensor).AsSingles().ToArray());
        }

        var weights = new StateDictionary(config, values) { Temperature = NetworkFile.FindTemperature(file, path) };
        return weights.FindProblem() is { } problem ? throw new FormatException($"{path}: {problem}.") : weights;
    }

    /// <summary>Writes a .safetensors file.</summary>
    public void Save(string path) => NetworkFile.Save(path, this);

    /// <summary>Describes the first weight that is not finite; null if all are finite.</summary>
    public string? FindProblem()
    {
        foreach (var (name, values) in Values)
        {
            var index = Array.FindIndex(values, value => !float.IsFinite(value));
            if (index >= 0)
                return FormattableString.Invariant($"every weight must be finite, found {values[index]} at position {index} of '{name}'");
        }

        return null;
    }

    /// <summary>Describes how the arrays differ from those that the configuration requires; null if they match.</summary>
    public string? FindMismatch()
    {
        var expected = Config.Parameters().Select(parameter => parameter.Name).ToHashSet();
        if (Values.Keys.FirstOrDefault(name => !expected.Contains(name)) is { } unknown)
            return $"'{FileText.Shown(unknown)}' belongs to no part of a network of this shape";
        foreach (var parameter in Config.Parameters())
        {
            if (Values.GetValueOrDefault(parameter.Name)?.Length is var found && found != parameter.Count)
                return $"expected {parameter.Count} values of '{parameter.Name}', {Text(parameter.Sizes)}, found {found?.ToString(CultureInfo.InvariantCulture) ?? "none"}";
        }

        return null;
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

    private static string Text(IEnumerable<long> sizes) => $"({string.Join(", ", sizes)})";
}
