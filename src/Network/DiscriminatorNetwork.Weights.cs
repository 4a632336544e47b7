namespace MlNetNtd;

/// <content>Saves, loads and copies the network's weights.</content>
public sealed partial class DiscriminatorNetwork
{
    /// <summary>Creates a network with the same configuration, weights and seed, on the CPU.</summary>
    internal DiscriminatorNetwork Copy() => new(this.ToStateDictionary(), _seed);

    /// <summary>Copies the learned embedding of position 0 to the CPU.</summary>
    /// <returns>C values; null if the embedding is not learned.</returns>
    public float[]? GetInitialEmbedding() =>
        _initialEmbedding is null ? null : this.ToStateDictionary()[ParameterNames.InitialEmbedding];

    /// <summary>Writes the weights to a .safetensors file.</summary>
    /// <param name="path">The file's path. An existing file is replaced.</param>
    public void SaveWeights(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        this.ToStateDictionary().Save(path);
    }

    /// <summary>Reads the weights from a .safetensors file, as <see cref="SaveWeights"/> and PyTorch write it.</summary>
    /// <param name="path">The file's path.</param>
    /// <exception cref="FormatException">
    /// The file is damaged, or its tensors are not those of this network: 32-bit floats of the same names and shapes. The network
    /// is unchanged.
    /// </exception>
    public void LoadWeights(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        StateDictionary.Load(path, Config).CopyTo(this);
    }

    /// <summary>Makes the parameters views of one flat tensor, until the network is moved or cast.</summary>
    internal FlatParameters Flatten()
    {
        var flat = FlatParameters.Create(this, _flat);
        if (flat != _flat)
            _flat?.Dispose();
        return _flat = flat;
    }
}
