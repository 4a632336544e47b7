using System.Globalization;

namespace MlNetNtd;

/// <summary>Reads and writes a network's weights with its sizes, as a .safetensors file.</summary>
/// <remarks>
/// The tensors' shapes give every size but the number of heads, which the metadata gives, as <c>heads</c>. The values that only
/// training uses are there too: <c>dropout</c>, <c>attention_dropout</c> and <c>precision</c>. So is
/// the <c>temperature</c> of probabilities.
/// </remarks>
internal static class NetworkFile
{
    /// <summary>The name of the number of heads in the metadata.</summary>
    public const string HeadsKey = "heads";

    private const string TemperatureKey = "temperature";
    private const string DropoutKey = "dropout";
    private const string AttentionDropoutKey = "attention_dropout";
    private const string PrecisionKey = "precision";

    /// <summary>Writes a file.</summary>
    public static void Save(string path, StateDictionary weights)
    {
        var config = weights.Config;
        Safetensors.Write(
            path,
            config.Parameters().Select(parameter => KeyValuePair.Create(parameter.Name, TensorData.FromSingles(parameter.Sizes.AsSpan(), weights[parameter.Name]))),
            new Dictionary<string, string>
            {
                [HeadsKey] = config.Heads!.Value.ToString(CultureInfo.InvariantCulture),
                [TemperatureKey] = weights.Temperature.ToString("R", CultureInfo.InvariantCulture),
                [DropoutKey] = config.Dropout.ToString("R", CultureInfo.InvariantCulture),
                [AttentionDropoutKey] = config.AttentionDropout.ToString("R", CultureInfo.InvariantCulture),
                [PrecisionKey] = config.Precision.ToString(),
            });
    }

    /// <summary>Reads a file and the sizes of its network.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="heads">The number of heads; null: the file says it.</param>
    /// <exception cref="FormatException">
    /// The file is damaged, is not one of this network, or says another number of heads; or neither it nor the caller says one.
    /// </exception>
    public static StateDictionary Load(string path, int? heads)
    {
        using var file = SafetensorsFile.Open(path);
        var projection = Shape(file, path, $"{ParameterNames.InputProjection}.weight", 2);
        var positions = Shape(file, path, ParameterNames.PositionEmbedding, 2);
        var inner = Shape(file, path, $"{ParameterNames.Encoder}.layers.0.linear1.weight", 2);
        var config = new DiscriminatorConfig
        {
            EmbeddingDimension = projection[1],
            ModelDimension = projection[0],
            MaxTokens = positions[0],
            FeedForwardDimension = inner[0],
            Heads = FindHeads(file, path, heads),
            Layers = CountLayers(file),
            LearnInitialEmbedding = file.Find(ParameterNames.InitialEmbedding) is not null,
            Dropout = FindRate(file, path, DropoutKey, 0.1),
            AttentionDropout = FindRate(file, path, AttentionDropoutKey, 0),
            Precision = FindPrecision(file, path),
        };
        if (config.FindProblem() is { } problem)
            throw new FormatException($"{path}: {problem.Option}: {problem.Problem}.");
        if (config.Resolve() != config)
            throw new FormatException($"{path}: Heads: a width of {config.ModelDimension} cannot be divided among {config.Heads} heads.");
        return StateDictionary.Read(file, path, config);
    }

    /// <summary>Reads the temperature of probabilities from the metadata; 1 if the file says none.</summary>
    /// <exception cref="FormatException">It is not a positive number.</exception>
    public static float FindTemperature(SafetensorsFile file, string path)
    {
        if (!file.Metadata.TryGetValue(TemperatureKey, out var text))
            return 1;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var temperature) && CalibratedProbability.IsValid(temperature)
            ? temperature
            : throw new FormatException($"{path}: metadata '{TemperatureKey}': expected {CalibratedProbability.Bounds}, found '{FileText.Shown(text)}'.");
    }

    private static int FindHeads(SafetensorsFile file, string path, int? asked)
    {
        if (!file.Metadata.TryGetValue(HeadsKey, out var text))
            return asked ?? throw new FormatException($"{path}: expected metadata '{HeadsKey}', found none. Pass the number of heads, which the tensors do not say.");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var heads))
            throw new FormatException($"{path}: metadata '{HeadsKey}': expected a number, found '{FileText.Shown(text)}'.");
        return asked is { } other && other != heads
            ? throw new FormatException($"{path}: expected {other} heads, found {heads} in its metadata.")
            : heads;
    }

    private static double FindRate(SafetensorsFile file, string path, string key, double missing)
    {
        if (!file.Metadata.TryGetValue(key, out var text))
            return missing;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
            ? rate
            : throw new FormatException($"{path}: metadata '{key}': expected a number, found '{FileText.Shown(text)}'.");
    }

    private static ComputePrecision FindPrecision(SafetensorsFile file, string path)
    {
        if (!file.Metadata.TryGetValue(PrecisionKey, out var text))
            return ComputePrecision.Single;
        return Enum.TryParse<ComputePrecision>(text, out var precision) && Enum.IsDefined(precision)
            ? precision
            : throw new FormatException(
                $"{path}: metadata '{PrecisionKey}': expected one of {string.Join(", ", Enum.GetNames<ComputePrecision>())}, found '{FileText.Shown(text)}'.");
    }

    private static int CountLayers(SafetensorsFile file)
    {
        var layers = 0;
        while (layers < DiscriminatorConfig.MaxLayers && file.Find($"{ParameterNames.Encoder}.layers.{layers}.linear1.weight") is not null)
            layers++;
        return layers;
    }

    private static int[] Shape(SafetensorsFile file, string path, string name, int rank)
    {
        if (file.Find(name) is not { } tensor)
            throw new FormatException($"{path}: expected a tensor '{name}' of a discriminator network, found {FileText.List([.. file.Entries.Select(entry => entry.Name)])}.");
        return tensor.Shape.Length == rank && tensor.Shape.All(size => size is > 0 and <= int.MaxValue)
            ? [.. tensor.Shape.Select(size => (int)size)]
            : throw new FormatException($"{path}: expected '{name}' with {rank} dimensions, found ({string.Join(", ", tensor.Shape)}).");
    }
}
