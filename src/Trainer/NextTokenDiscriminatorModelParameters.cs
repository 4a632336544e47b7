using System.Collections.Immutable;
using TorchSharp;

namespace MlNetNtd;

/// <summary>What a discriminator has learned: the weights of its network and their sizes. They never change.</summary>
public sealed class NextTokenDiscriminatorModelParameters
{
    internal NextTokenDiscriminatorModelParameters(StateDictionary weights) => Weights = weights;

    /// <summary>The sizes of the network.</summary>
    public DiscriminatorConfig Config => Weights.Config;

    /// <summary>The names of the weights, as <see cref="DiscriminatorNetwork"/> lists them.</summary>
    public ImmutableArray<string> Names => [.. Config.Parameters().Select(parameter => parameter.Name)];

    /// <summary>
    /// The learned embedding of position 0, C values, which the stage's <c>WithInitialEmbedding</c> takes; null where it
    /// was not learned.
    /// </summary>
    public ImmutableArray<float>? InitialEmbedding => Config.LearnInitialEmbedding ? [.. Weights[ParameterNames.InitialEmbedding]] : null;

    internal StateDictionary Weights { get; }

    /// <summary>The values of one weight, row-major. A view of memory that is shared: not to be written to.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no weight of that name.</exception>
    public ReadOnlySpan<float> Values(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.Contains(name)
            ? Weights[name]
            : throw new ArgumentException($"expected one of {string.Join(", ", Names)}, found '{name}'.", nameof(name));
    }

    /// <summary>A network with these weights, for training or for use without ML.NET.</summary>
    /// <param name="device">Where it lives; the CPU when null.</param>
    /// <param name="seed">Decides what dropout leaves out.</param>
    /// <returns>A new network, the caller's to dispose, in evaluation mode.</returns>
    public DiscriminatorNetwork CreateNetwork(torch.Device? device = null, int seed = 0) =>
        NetworkHandle.Create(Weights, device ?? torch.CPU, training: false, seed);

    /// <summary>Writes the weights as a .safetensors file, by their names.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    public void SaveWeights(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Weights.Save(path);
    }

    /// <summary>A summary in several lines: the network's layers, and its weights with their sizes.</summary>
    public string Describe() => $"{nameof(NextTokenDiscriminatorModelParameters)}{Environment.NewLine}{Description.Describe(Config)}";

    /// <summary>A summary in one line.</summary>
    public override string ToString() => $"{nameof(NextTokenDiscriminatorModelParameters)}: {Description.Phrase(Config)}";
}
