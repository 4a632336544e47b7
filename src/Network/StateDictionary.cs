using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The weights of a network as plain arrays, by the names of its state dictionary. Needs no native library.</summary>
internal sealed class StateDictionary
{
    private const double EmbeddingDeviation = 0.1;

    private readonly IReadOnlyDictionary<string, float[]> _values;

    public StateDictionary(DiscriminatorConfig shape, IReadOnlyDictionary<string, float[]> values)
    {
        Config = shape;
        _values = values;
        Autocast = new Autocast(shape.Precision);
    }

    /// <summary>The sizes, settled.</summary>
    public DiscriminatorConfig Config { get; }

    /// <summary>What is computed with.</summary>
    public Autocast Autocast { get; }

    /// <summary>How many weights there are.</summary>
    public int Count => _values.Values.Sum(values => values.Length);

    /// <summary>All of them, by name.</summary>
    public IReadOnlyDictionary<string, float[]> Values => _values;

    public float[] this[string name] => _values[name];

    /// <summary>Weights to begin training with.</summary>
    /// <remarks>
    /// Drawn from a generator of .NET's, in a fixed order: the same seed gives the same weights everywhere, and
    /// TorchSharp's global generator is left as it is.
    /// </remarks>
    public static StateDictionary Initialize(DiscriminatorConfig shape, int seed)
    {
        var random = new Random(seed);
        return new StateDictionary(shape, shape.Parameters().ToDictionary(
            parameter => parameter.Name, parameter => Initialize(parameter, random)));
    }

    /// <summary>A copy of a network's weights as they are now.</summary>
    public static StateDictionary FromNetwork(DiscriminatorNetwork network)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return new StateDictionary(network.Config, network.named_parameters().ToDictionary(
            entry => entry.name, entry => entry.parameter.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray()));
    }

    /// <summary>Reads a .safetensors file.</summary>
    /// <exception cref="FormatException">The file is damaged, or is not of a network of this shape.</exception>
    public static StateDictionary Load(string path, DiscriminatorConfig shape)
    {
        using var file = SafetensorsFile.Open(path);
        var parameters = shape.Parameters().ToDictionary(parameter => parameter.Name);
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

        var weights = new StateDictionary(shape, values);
        return weights.FindProblem() is { } problem ? throw new FormatException($"{path}: {problem}.") : weights;
    }

    /// <summary>Writes a .safetensors file.</summary>
    public void Save(string path) => Safetensors.Write(path, Config.Parameters().Select(parameter =>
        KeyValuePair.Create(parameter.Name, TensorData.FromSingles(parameter.Sizes.AsSpan(), _values[parameter.Name]))));

    /// <summary>What is wrong with the values; null when all are finite.</summary>
    public string? FindProblem()
    {
        foreach (var (name, values) in _values)
        {
            var place = Array.FindIndex(values, value => !float.IsFinite(value));
            if (place >= 0)
                return FormattableString.Invariant($"every weight must be finite, found {values[place]} at position {place} of '{name}'");
        }

        return null;
    }

    /// <summary>How the arrays differ from those of a network of this shape; null when they do not.</summary>
    public string? FindMismatch()
    {
        var expected = Config.Parameters().Select(parameter => parameter.Name).ToHashSet();
        if (_values.Keys.FirstOrDefault(name => !expected.Contains(name)) is { } unknown)
            return $"'{FileText.Shown(unknown)}' belongs to no part of a network of this shape";
        foreach (var parameter in Config.Parameters())
        {
            if (_values.GetValueOrDefault(parameter.Name)?.Length is var found && found != parameter.Count)
                return $"expected {parameter.Count} values of '{parameter.Name}', {Text(parameter.Sizes)}, found {found?.ToString(CultureInfo.InvariantCulture) ?? "none"}";
        }

        return null;
    }

    /// <summary>Writes the weights into a network of the same shape, on whatever device it is.</summary>
    public void CopyTo(DiscriminatorNetwork network)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            parameter.copy_(ToTensor(_values[name], parameter.shape));
    }

    /// <summary>A parameter of its own, outside every dispose scope.</summary>
    public Parameter ToParameter(string name)
    {
        var sizes = Config.Parameters().First(parameter => parameter.Name == name).Sizes;
        var parameter = new Parameter(ToTensor(_values[name], [.. sizes]), requires_grad: true);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    private static Tensor ToTensor(float[] values, long[] sizes)
    {
        var tensor = empty(sizes, dtype: ScalarType.Float32, device: CPU);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(tensor.bytes);
        return tensor;
    }

    // As PyTorch's modules begin, but for the embeddings: those of nn.Embedding would drown the tokens'.
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

    private static float[] Fill(float[] values, Func<double> draw)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)draw();
        return values;
    }

    // Box and Muller's: one of the pair will do.
    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static string Text(IEnumerable<long> sizes) => $"({string.Join(", ", sizes)})";
}
