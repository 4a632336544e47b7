using Microsoft.ML;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>
/// The model's zip file: kept where the user said, or temporary and removed in the end. It is written beside its place and
/// put there whole, so that what was there before is lost to no failure.
/// </summary>
internal sealed class ModelFileInspector : IDisposable
{
    private readonly string? _output;

    private ModelFileInspector(string path, string? output)
    {
        Path = path;
        _output = output;
    }

    /// <summary>Where the model is written, and read again before it is put into its place.</summary>
    public string Path { get; }

    public bool IsTemporary => _output is null;

    /// <summary>Decides on the file and finds, before any work is done, what would keep it from being written.</summary>
    /// <param name="outputPath">Where to keep the model; null: in a temporary file.</param>
    /// <param name="inputPath">The text, which must not be overwritten.</param>
    /// <exception cref="UserErrorException">The file cannot be written there.</exception>
    public static ModelFileInspector Choose(string? outputPath, string inputPath)
    {
        if (outputPath is null)
            return Reserve(System.IO.Path.GetTempPath(), null);

        var output = Target(outputPath);
        if (Directory.Exists(output))
            throw new UserErrorException($"The output '{outputPath}' is a directory; the name of a file is needed.");
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(output)))
            throw new UserErrorException($"The directory of the output '{outputPath}' does not exist.");
        if (output == Target(inputPath))
            throw new UserErrorException($"The output '{outputPath}' is the input; the model needs a file of its own.");
        if (File.Exists(output) && !IsPlain(output))
            throw new UserErrorException($"The output '{outputPath}' is no file that a model could be kept in.");
        return Reserve(System.IO.Path.GetDirectoryName(output)!, output);
    }

    /// <summary>Saves a model beside its place.</summary>
    /// <returns>The size of the file in bytes.</returns>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public long Save(MLContext mlContext, ITransformer model, DataViewSchema inputSchema) => Writing(() =>
    {
        mlContext.Model.Save(model, inputSchema, Path);
        return new FileInfo(Path).Length;
    });

    /// <summary>Puts the saved model into its place.</summary>
    /// <returns>Where it is.</returns>
    /// <exception cref="UserErrorException">It cannot be put there.</exception>
    public string Keep() => Writing(() =>
    {
        if (_output is not null)
            File.Move(Path, _output, overwrite: true);
        return _output ?? Path;
    });

    public void Dispose()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder went away meanwhile, and the file with it.
        }
    }

    // An empty file says now what would otherwise be found when the work is done.
    private static ModelFileInspector Reserve(string folder, string? output)
    {
        var path = System.IO.Path.Combine(folder, $"mlnetntd-{Guid.NewGuid():N}.zip");
        try
        {
            File.Create(path).Dispose();
            return new ModelFileInspector(path, output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = e.Message.TrimEnd('.');
            throw new UserErrorException(
                output is null
                    ? $"No temporary file can be written (TMPDIR says where): {reason}; --out says where to keep the model instead."
                    : $"The output '{output}' cannot be written: {reason}.",
                e);
        }
    }

    private T Writing<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The output '{_output ?? Path}' cannot be written: {e.Message.TrimEnd('.')}.", e);
        }
    }

    // Behind links, where the file itself is.
    private static string Target(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    // A device or a pipe claims to be a file, an empty one. It keeps nothing that is written to it, and must not be replaced.
    private static bool IsPlain(string path)
    {
        if (new FileInfo(path).Length > 0)
            return true;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            if (!file.CanSeek)
                return false;
            file.WriteByte(0);
            var isKept = file.Length == 1;
            file.SetLength(0);
            return isKept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }
}
