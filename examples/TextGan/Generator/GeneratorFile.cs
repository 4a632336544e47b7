using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>A generator's trained weights as a .safetensors file. The embeddings are learned anew from the text.</summary>
internal static class GeneratorFile
{
    public static void Save(GeneratorNetwork network, string path)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Safetensors.Write(path, network.Trained().Select(entry => KeyValuePair.Create(
            entry.Name, StoredTensor.OfSingles(entry.Parameter.shape, entry.Parameter.detach().cpu().contiguous().data<float>().ToArray()))));
    }

    /// <summary>Reads the weights into a network of the same shape.</summary>
    /// <exception cref="FormatException">The file is damaged, or is of another network.</exception>
    public static void Load(GeneratorNetwork network, string path)
    {
        var tensors = Safetensors.Read(path);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var (name, parameter) in network.Trained())
        {
            if (!tensors.TryGetValue(name, out var stored) || stored.DType != StoredTensor.F32 || !stored.Shape.AsSpan().SequenceEqual(parameter.shape))
                throw new FormatException($"{path}: expected '{name}' of shape ({string.Join(", ", parameter.shape)}), {StoredTensor.F32}.");
            var values = empty(parameter.shape, dtype: ScalarType.Float32, device: CPU);
            MemoryMarshal.AsBytes(stored.AsSingles()).CopyTo(values.bytes);
            parameter.copy_(values);
        }
    }
}
