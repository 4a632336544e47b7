namespace MlNetNtd.Examples.LongTraining;

/// <summary>The folder of a training and the names of its files.</summary>
internal sealed class OutputFiles
{
    private readonly string _folder;

    public OutputFiles(string folder) => _folder = folder;

    public string Checkpoint => In("training.checkpoint");

    public string Csv => In("history.csv");

    public string Chart => In("history.svg");

    public string Model => In("model.zip");

    /// <summary>Makes the folder where it is missing.</summary>
    /// <exception cref="UserErrorException">It cannot be made.</exception>
    public void Prepare() => Guard(() => Directory.CreateDirectory(_folder));

    /// <summary>Writes a file as a whole: it is the old one until it is the new one.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Replace(string file, Action<string> write) => Guard(() =>
    {
        var fresh = $"{file}.new";
        write(fresh);
        File.Move(fresh, file, overwrite: true);
    });

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The output '{_folder}' cannot be written: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private string In(string name) => Path.Combine(_folder, name);
}
