namespace MlNetNtd.Tool;

/// <summary>
/// A file that appears under its name when it is whole. Until then it is beside it, with the extension .partial, and is overwritten by
/// the next attempt.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const string Extension = ".partial";

    private readonly string _path;
    private readonly string _partial;
    private bool _committed;

    /// <summary>Creates the partial file, and its folder if there is none.</summary>
    /// <exception cref="ToolException">It cannot be created, or another process writes it.</exception>
    public OutputFile(string path)
    {
        (_path, _partial) = (path, path + Extension);
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            Stream = new FileStream(_partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            Stream.SetLength(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    /// <summary>Gets the stream to write.</summary>
    public FileStream Stream { get; }

    /// <summary>Gives the file its name.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public void Commit()
    {
        try
        {
            Stream.Flush(flushToDisk: true);
            File.Move(_partial, _path, overwrite: true);
            _committed = true;
            Stream.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    /// <summary>Writes a whole file.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using var file = new OutputFile(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Writes a whole text file.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(text);
    });

    public void Dispose()
    {
        Stream.Dispose();
        if (_committed)
            return;
        try
        {
            File.Delete(_partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private ToolException Unwritable(Exception e) => new($"{_path}: the file cannot be written: {e.Message}", e);
}
