using System.IO.Compression;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Models as bytes, and their entries.</summary>
internal static class SavedModels
{
    /// <summary>Saves a model.</summary>
    public static byte[] Save(ITransformer model, DataViewSchema? inputSchema)
    {
        using var stream = new MemoryStream();
        new MLContext(seed: 1).Model.Save(model, inputSchema, stream);
        return stream.ToArray();
    }

    /// <summary>Loads a model, with a context of its own.</summary>
    public static ITransformer Load(byte[] zip) => Load(zip, out _);

    /// <inheritdoc cref="Load(byte[])"/>
    public static ITransformer Load(byte[] zip, out DataViewSchema inputSchema)
    {
        using var stream = new MemoryStream(zip);
        return new MLContext(seed: 2).Model.Load(stream, out inputSchema);
    }

    /// <summary>The entry of the transform.</summary>
    public static ModelKey ReadKey(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return new ModelKey(Bytes(FindKey(archive)));
    }

    /// <summary>The model with another file as the entry of the transform; null: without one.</summary>
    public static byte[] WithKey(byte[] zip, byte[]? key)
    {
        using var stream = new MemoryStream();
        stream.Write(zip);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = FindKey(archive);
            var name = entry.FullName;
            entry.Delete();
            if (key is not null)
            {
                using var content = archive.CreateEntry(name).Open();
                content.Write(key);
            }
        }

        return stream.ToArray();
    }

    private static ZipArchiveEntry FindKey(ZipArchive archive) => archive.Entries.Single(entry =>
        entry.FullName.EndsWith("Model.key", StringComparison.Ordinal) && new ModelKey(Bytes(entry)).LoaderSignature == "NextTokenDiscriminator");

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }
}
