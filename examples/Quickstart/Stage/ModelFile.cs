using Microsoft.ML;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>The model's zip file: kept where the user said, or temporary and removed in the end.</summary>
internal sealed class ModelFile : IDisposable
{
    private ModelFile(string path, bool isTemporary)
    {
        Path = path;
        IsTemporary = isTemporary;
    }

    public string Path { get; }

    public bool IsTemporary { get; }

    /// <summary>Decides on the file and finds, before any work is done, what would keep it from being written.</summary>
    /// <param name="outputPath">Where to keep the model; null: in a temporary file.</param>
    /// <param name="inputPath">The text, which must not be overwritten.</param>
    /// <exception cref="UserErrorException">The file cannot be written there.</exception>
    public static ModelFile Choose(string? outputPath, string inputPath)
    {
        if (outputPath is null)
            return new ModelFile(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"mlnetntd-{Guid.NewGuid():N}.zip"), true);

        var path = System.IO.Path.GetFullPath(outputPath);
        if (Directory.Exists(path))
            throw new UserErrorException($"The output '{outputPath}' is a directory; the name of a file is needed.");
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(path)))
            throw new UserErrorException($"The directory of the output '{outputPath}' does not exist.");
        if (path == System.IO.Path.GetFullPath(inputPath))
            throw new UserErrorException($"The output '{outputPath}' is the input; the model needs a file of its own.");
        return new ModelFile(path, false);
    }

    /// <summary>Saves a model.</summary>
    /// <returns>The size of the file in bytes.</returns>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public long Save(MLContext mlContext, ITransformer model, DataViewSchema inputSchema)
    {
        try
        {
            mlContext.Model.Save(model, inputSchema, Path);
            return new FileInfo(Path).Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The output '{Path}' cannot be written: {e.Message.TrimEnd('.')}.", e);
        }
    }

    public void Dispose()
    {
        if (IsTemporary)
            File.Delete(Path);
    }
}
