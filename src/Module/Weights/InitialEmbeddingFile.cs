using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>
/// Reads and writes the initial embedding in .safetensors files, as PyTorch users save it, and in TorchSharp's state files. Native
/// libtorch is not needed.
/// </summary>
public static class InitialEmbeddingFile
{
    /// <summary>The key of the initial embedding in the original module's state dictionary.</summary>
    public const string Key = "init_emb";

    /// <summary>
    /// Reads the embedding from a .safetensors file: key <c>init_emb</c>, 32-bit floats of shape (1, 1, C) or (C).
    /// </summary>
    /// <param name="path">The file's path.</param>
    /// <returns>C values.</returns>
    /// <exception cref="FormatException">
    /// The file is damaged, has no such key, or the tensor has another type or shape or a value that is not finite.
    /// </exception>
    public static ImmutableArray<float> LoadSafetensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (file.Find(Key) is not { } entry)
            throw new FormatException($"{path}: expected a tensor '{Key}', found {FileText.List([.. file.Entries.Select(entry => entry.Name)])}.");
        CheckType(path, entry.DType);
        CheckShape(path, [.. entry.Shape]);
        return CheckValues(path, [.. file.Read(entry).AsSingles()]);
    }

    /// <summary>
    /// Writes the embedding to a .safetensors file, key <c>init_emb</c>, shape (1, 1, C), which the original module loads.
    /// </summary>
    /// <param name="path">The file's path. An existing file is replaced.</param>
    /// <param name="values">C values.</param>
    public static void SaveSafetensors(string path, ReadOnlySpan<float> values) =>
        Safetensors.Write(path, [new(Key, TensorData.FromSingles([1, 1, values.Length], values))]);

    /// <summary>
    /// Reads the embedding from a TorchSharp state file, as <c>module.save(path)</c> writes it, with the same key and shape.
    /// </summary>
    /// <param name="path">The file's path.</param>
    /// <returns>C values.</returns>
    /// <exception cref="FormatException">
    /// The file is damaged, has no such key, or the tensor has another type or shape or a value that is not finite.
    /// </exception>
    public static ImmutableArray<float> LoadTorchSharp(string path)
    {
        var tensors = TorchSharpStateFile.Read(path, Key);
        if (!tensors.TryGetValue(Key, out var tensor))
            throw new FormatException($"{path}: expected a tensor '{Key}', found {FileText.List([.. tensors.Keys])}.");
        CheckType(path, tensor.DType);
        CheckShape(path, [.. tensor.Shape]);
        return CheckValues(path, [.. tensor.AsSingles()]);
    }

    /// <summary>
    /// Writes the embedding to a TorchSharp state file, which <c>load(path)</c> of a <see cref="NextTokenDiscriminator"/> with the
    /// same C reads.
    /// </summary>
    /// <param name="path">The file's path. An existing file is replaced.</param>
    /// <param name="values">C values.</param>
    public static void SaveTorchSharp(string path, ReadOnlySpan<float> values) =>
        TorchSharpStateFile.WriteSingles(path, Key, [1, 1, values.Length], values);

    private static void CheckType(string path, string type)
    {
        if (type != TensorData.F32)
            throw new FormatException($"{path}: expected '{Key}' of type {TensorData.F32}, found {FileText.Shown(type)}.");
    }

    private static void CheckShape(string path, long[] shape)
    {
        if (shape is not ([1, 1, > 0] or [> 0]))
            throw new FormatException($"{path}: expected '{Key}' of shape (1, 1, C) or (C), found ({string.Join(", ", shape)}).");
    }

    private static ImmutableArray<float> CheckValues(string path, ImmutableArray<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new FormatException(FormattableString.Invariant($"{path}: every value of '{Key}' must be finite, found {values[i]} at position {i}."));
        }

        return values;
    }
}
