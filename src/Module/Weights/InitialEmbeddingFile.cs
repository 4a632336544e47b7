using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>
/// The initial embedding, which is learned elsewhere, in files: .safetensors as PyTorch users save it, and
/// TorchSharp's own state files. None of it needs native libtorch.
/// </summary>
public static class InitialEmbeddingFile
{
    /// <summary>The key under which the original module's state holds it.</summary>
    public const string Key = "init_emb";

    /// <summary>Reads it from a .safetensors file, key <c>init_emb</c>, 32-bit floats of shape (1, 1, C) or (C).</summary>
    /// <returns>C values.</returns>
    /// <exception cref="FormatException">
    /// The file is damaged, has no such key, or holds another type or shape under it, or values that are not finite.
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

    /// <summary>Writes it to a .safetensors file, key <c>init_emb</c>, shape (1, 1, C), which the original loads.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="values">C values.</param>
    public static void SaveSafetensors(string path, ReadOnlySpan<float> values) =>
        Safetensors.Write(path, [new(Key, TensorData.FromSingles([1, 1, values.Length], values))]);

    /// <summary>Reads it from a TorchSharp state file, as <c>module.save(path)</c> writes it, key and shape as above.</summary>
    /// <returns>C values.</returns>
    /// <exception cref="FormatException">
    /// The file is damaged, has no such key, or holds another type or shape under it, or values that are not finite.
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
    /// Writes it to a TorchSharp state file, which <c>load(path)</c> of a <see cref="NextTokenDiscriminator"/> of the same
    /// C reads.
    /// </summary>
    /// <param name="path">The file; replaced if it is there.</param>
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
