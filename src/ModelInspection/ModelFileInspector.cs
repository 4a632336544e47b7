using System.IO.Compression;

namespace MlNetNtd;

/// <summary>Looks into a model zip of ML.NET before anything in it is trusted.</summary>
/// <remarks>
/// <para>
/// <c>mlContext.Model.Load</c> loads the assembly that a model names, believes the counts in it, and reads some arrays for
/// ever where the file ends too early. <see cref="Inspect(string, ModelFileOptions?)"/> reads the same file without any of
/// ML.NET's readers: no assembly is loaded, no type is looked up, nothing is written to the disk. A file that it refuses
/// should not be loaded.
/// </para>
/// <para>
/// Each stage is followed to what it loads and read as its loader reads it, with every count held against the bytes that are
/// left. A stage that cannot be checked so is refused, unless <see cref="ModelFileOptions.AllowedStages"/> has its name.
/// </para>
/// <para>
/// Memory: less than 64 MiB, whatever the file says, and the bytes of the largest stage where that is more. Time: that of
/// unpacking it twice, at most <see cref="ModelFileOptions.MaxBytes"/>. A model that passes is loaded within 64 MiB and four
/// bytes for each of the zip, as far as the fuzzer has found (tests/Fuzz, target load).
/// </para>
/// </remarks>
public static class ModelFileInspector
{
    /// <summary>Checks a model file.</summary>
    /// <param name="path">The zip, as <c>mlContext.Model.Save</c> writes it.</param>
    /// <param name="options">Caps and the assemblies that may be named; null: the defaults.</param>
    /// <returns>What the file holds.</returns>
    /// <exception cref="ModelFileException">It is damaged, too large, or names what is not allowed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <remarks>
    /// Whoever may replace the file between this and <c>Load</c> gets around it: read such a file into memory once, and give
    /// the stream to both.
    /// </remarks>
    public static ModelFileDescription Inspect(string path, ModelFileOptions? options = null)
    {
        using var stream = File.OpenRead(path);
        return Inspect(stream, options);
    }

    /// <summary>Checks a model in a seekable stream, which is left open and at its beginning, where <c>Load</c> expects it.</summary>
    /// <param name="stream">The zip, from the stream's beginning to its end.</param>
    /// <param name="options">Caps and the assemblies that may be named; null: the defaults.</param>
    /// <returns>What the stream holds.</returns>
    /// <exception cref="ModelFileException">It is damaged, too large, or names what is not allowed.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read or has no positions.</exception>
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
