using System.Globalization;
using System.Security.Cryptography;

namespace MlNetNtd;

/// <summary>The file beside an ONNX model that holds its larger tensors, because a model file is smaller than 2 GiB.</summary>
internal sealed class OnnxExternalData
{
    // ONNX recommends pages, so that a runtime can map tensors into memory.
    private const int Alignment = 4096;

    // Shapes and indices stay in the model, where runtimes read them before they run it.
    private const int MinBytes = 1024;

    private readonly List<(OnnxInitializer Tensor, Place Place)> _places = [];

    /// <summary>Lays out the file.</summary>
    /// <param name="modelName">The name of the model's file.</param>
    /// <param name="initializers">The tensors of the model.</param>
    public OnnxExternalData(string modelName, IReadOnlyList<OnnxInitializer> initializers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long end = 0;
        foreach (var tensor in initializers.Where(tensor => tensor.Bytes.Length >= MinBytes))
        {
            var start = (end + Alignment - 1) / Alignment * Alignment;
            _places.Add((tensor, new Place(start, tensor.Bytes.Length)));
            hash.AppendData(tensor.Bytes);
            end = start + tensor.Bytes.Length;
        }

        // A name of its own for each content: the file of a model that exists is never overwritten by that of another one.
        Location = $"{modelName}.{Convert.ToHexString(hash.GetHashAndReset()[..8]).ToLower(CultureInfo.InvariantCulture)}.data";
    }

    /// <summary>Gets the file's name.</summary>
    public string Location { get; }

    /// <summary>Gets the place of a tensor; null if the model holds it.</summary>
    public Place? Find(OnnxInitializer tensor)
    {
        foreach (var (other, place) in _places)
        {
            if (ReferenceEquals(other, tensor))
                return place;
        }

        return null;
    }

    /// <summary>Writes the file.</summary>
    public void WriteTo(Stream stream)
    {
        long written = 0;
        foreach (var (tensor, place) in _places)
        {
            stream.Write(new byte[place.Offset - written]);
            stream.Write(tensor.Bytes);
            written = place.Offset + place.Length;
        }
    }

    /// <summary>A part of the file, in bytes.</summary>
    internal readonly record struct Place(long Offset, long Length);
}
