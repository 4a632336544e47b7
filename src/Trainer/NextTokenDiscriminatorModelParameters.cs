using System.Collections.Immutable;
using TorchSharp;

namespace MlNetNtd;

/// <summary>The learned weights of a discriminator and the sizes of its network. Immutable.</summary>
public sealed class NextTokenDiscriminatorModelParameters
{
    internal NextTokenDiscriminatorModelParameters(StateDictionary weights) => Weights = weights;

    /// <summary>Gets the sizes of the network.</summary>
    public DiscriminatorConfig Config => Weights.Config;

    /// <summary>Gets the names of the weights, as documented at <see cref="DiscriminatorNetwork"/>.</summary>
    public ImmutableArray<string> Names => [.. Config.Parameters().Select(parameter => parameter.Name)];

    /// <summary>
    /// Gets the learned embedding of position 0, C values, for the transform's <c>WithInitialEmbedding</c>; null if it was not
    /// learned.
    /// </summary>
    public ImmutableArray<float>? InitialEmbedding => Config.LearnInitialEmbedding ? [.. Weights[ParameterNames.InitialEmbedding]] : null;

    internal StateDictionary Weights { get; }

    /// <summary>Gets the values of one weight, row-major, without copying them.</summary>
    /// <param name="name">The name of the weight, one of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">No weight has this name.</exception>
    public ReadOnlySpan<float> Values(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.Contains(name)
            ? Weights[name]
            : throw UnknownName(name);
    }

    /// <summary>Gets the sizes of one weight.</summary>
    /// <param name="name">The name of the weight, one of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">No weight has this name.</exception>
    public ImmutableArray<long> Shape(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Config.Parameters().FirstOrDefault(parameter => parameter.Name == name)?.Sizes ?? throw UnknownName(name);
    }

    /// <summary>Creates a network with these weights, for training or for use without ML.NET.</summary>
    /// <param name="device">The device of the network; null: the CPU.</param>
    /// <param name="seed">The seed of dropout.</param>
    /// <returns>A new network in evaluation mode. You own it and must dispose it.</returns>
    public DiscriminatorNetwork CreateNetwork(torch.Device? device = null, int seed = 0) =>
        Weights.ToNetwork(device ?? torch.CPU, training: false, seed);

    /// <summary>Writes the weights to a .safetensors file, under their names.</summary>
    /// <param name="path">The path of the file. An existing file is replaced.</param>
    public void SaveWeights(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Weights.Save(path);
    }

    /// <summary>Describes the network in several lines: its layers, and its weights with their sizes.</summary>
    public string Describe() => $"{nameof(NextTokenDiscriminatorModelParameters)}{Environment.NewLine}{Description.Describe(Config)}";

    /// <summary>Describes the network in one line.</summary>
    public override string ToString() => $"{nameof(NextTokenDiscriminatorModelParameters)}: {Description.Phrase(Config)}";

    private ArgumentException UnknownName(string name) => new($"expected one of {string.Join(", ", Names)}, found '{name}'.", nameof(name));
}
