namespace MlNetNtd.Examples.Imitation;

/// <summary>Where a run leaves what it made. A file is the old one until it is the new one.</summary>
internal sealed class OutputFiles
{
    private readonly string _folder;

    /// <exception cref="UserErrorException">Nothing can be written there.</exception>
    public OutputFiles(string folder)
    {
        _folder = Path.GetFullPath(folder);
        // Before the work, not behind it.
        var probe = Path.Combine(_folder, $".{Guid.NewGuid():N}");
        Guard(() => Directory.CreateDirectory(_folder));
        Write(probe, []);
        Guard(() => File.Delete(probe));
    }

    public string Picture => Path.Combine(_folder, "paths.svg");

    public string Chart => Path.Combine(_folder, "seeds.svg");

    public string Model => Path.Combine(_folder, "model.zip");

    /// <summary>Writes a file.</summary>
    /// <exception cref="UserErrorException">It cannot be written; what was there is still there.</exception>
    public void Write(string file, byte[] bytes)
    {
        var fresh = $"{file}.new";
        try
        {
            Guard(() =>
            {
                File.WriteAllBytes(fresh, bytes);
                File.Move(fresh, file, overwrite: true);
            });
        }
        catch (UserErrorException)
        {
            // A half of it helps nobody.
            Guard(() => File.Delete(fresh));
            throw;
        }
    }

    private void Guard(Action write)
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
