using System.IO.Compression;

namespace MlNetNtd;

/// <summary>Checks an ML.NET model zip before you load it.</summary>
/// <remarks>
/// <para>
/// <c>mlContext.Model.Load</c> loads the assemblies that a model names, trusts the counts in it, and can loop forever if an array ends
/// too early. <see cref="Inspect(string, ModelFileOptions?)"/> reads the same file without ML.NET's readers: it loads no assembly,
/// resolves no type and writes nothing to disk. Do not load a file that it rejects.
/// </para>
/// <para>
/// It reads each stage as the stage's loader does, compares every count with the number of bytes left, and continues with the parts
/// that the stage loads. It rejects a stage that it cannot check, unless <see cref="ModelFileOptions.AllowedStages"/> contains its
/// name.
/// </para>
/// <para>
/// It needs less than 64 MiB of memory, or the size of the largest stage if that is larger, and the time to unpack the zip twice, up to
/// <see cref="ModelFileOptions.MaxBytes"/>. In all fuzzing so far (tests/Fuzz, target load), loading an accepted model took at most
/// 64 MiB plus four bytes for each byte of the zip.
/// </para>
/// </remarks>
public static class ModelFileInspector
{
    /// <summary>Checks a model file.</summary>
    /// <param name="path">The path of the zip, as <c>mlContext.Model.Save</c> writes it.</param>
    /// <param name="options">Limits, and the allowed assemblies and stages; null for the defaults.</param>
    /// <returns>A description of the file's contents.</returns>
    /// <exception cref="ModelFileException">The file is damaged, too large, or names an assembly or stage that is not allowed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    /// <remarks>
    /// If somebody can replace the file between <c>Inspect</c> and <c>Load</c>, read it into memory once and pass the stream to both.
    /// </remarks>
    public static ModelFileDescription Inspect(string path, ModelFileOptions? options = null)
    {
        using var stream = File.OpenRead(path);
        return Inspect(stream, options);
    }

    /// <summary>
    /// Checks a model in a seekable stream. The stream stays open, and its position is 0 afterwards, where <c>Load</c> expects it.
    /// </summary>
    /// <param name="stream">The zip, from the beginning of the stream to its end.</param>
    /// <param name="options">Limits, and the allowed assemblies and stages; null for the defaults.</param>
    /// <returns>A description of the stream's contents.</returns>
    /// <exception cref="ModelFileException">The model is damaged, too large, or names an assembly or stage that is not allowed.</exception>
    /// <exception cref="ArgumentException">The stream is not readable or not seekable.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static ModelFileDescription Inspect(Stream stream, ModelFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead || !stream.CanSeek)
            throw new ArgumentException("Expected a stream that can be read and sought.", nameof(stream));

        options ??= new ModelFileOptions();
        options.Check();
        try
        {
            ZipDirectory.Check(stream, options.MaxEntries);
            stream.Position = 0;
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            return new ModelFileScanner(options).Scan(archive);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ModelFileException(ZipDirectory.Name, "directory", "a zip that can be read", e.Message, e);
        }
        finally
        {
            stream.Position = 0;
        }
    }
}
