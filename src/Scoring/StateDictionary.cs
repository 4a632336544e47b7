using System.Globalization;

namespace MlNetNtd;

/// <summary>Holds the weights of a network as plain arrays, by the names of its state dictionary.</summary>
/// <param name="config">The configuration, resolved.</param>
/// <param name="values">The weights by name.</param>
internal sealed partial class StateDictionary(DiscriminatorConfig config, IReadOnlyDictionary<string, float[]> values)
{
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

    private static string Text(IEnumerable<long> sizes) => $"({string.Join(", ", sizes)})";
}
