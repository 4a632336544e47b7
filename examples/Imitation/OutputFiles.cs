namespace MlNetNtd.Examples.Imitation;

/// <summary>Where a run leaves what it made.</summary>
internal sealed class OutputFiles
{
    private readonly string _folder;

    /// <exception cref="UserErrorException">The folder cannot be made.</exception>
    public OutputFiles(string folder)
    {
        _folder = Path.GetFullPath(folder);
        // Before the work, not behind it.
        Guard(() => Directory.CreateDirectory(_folder));
    }

    public string Picture => Path.Combine(_folder, "paths.svg");

    public string Chart => Path.Combine(_folder, "seeds.svg");

    public string Model => Path.Combine(_folder, "model.zip");

    /// <summary>Writes something, and says in a sentence why it cannot.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException($"'{_folder}' cannot be written: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
