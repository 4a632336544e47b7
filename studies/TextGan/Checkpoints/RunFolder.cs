namespace MlNetNtd.Examples.TextGan;

/// <summary>The folder of a run and the names of its files.</summary>
internal sealed class RunFolder
{
    public RunFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Stage and discriminator as one ML.NET model.</summary>
    public string Model => In("model.zip");

    /// <summary>The words that the model knows, one a line, by number.</summary>
    public string Vocabulary => In("vocabulary.txt");

    /// <summary>Their embeddings.</summary>
    public string Embeddings => In("embeddings.safetensors");

    public string Curves => In("curves.svg");

    /// <summary>Where the run is.</summary>
    public string Checkpoint => In("run.checkpoint");

    /// <summary>Where the discriminator's first training is, while it goes on: the library's own.</summary>
    public string FirstTraining => In("first-training.checkpoint");

    /// <summary>Makes the folder where it is missing, and sees that it can be written to.</summary>
    /// <exception cref="UserErrorException">It cannot be used.</exception>
    public void Prepare()
    {
        if (File.Exists(Path))
            throw new UserErrorException($"The output '{Path}' is a file; a folder is needed.");
        Guard(() =>
        {
            Directory.CreateDirectory(Path);
            var probe = In($".{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        });
    }

    /// <summary>Writes to the folder, and says in one sentence why that cannot be done.</summary>
    /// <exception cref="UserErrorException">It cannot be done.</exception>
    public void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The output '{Path}' cannot be written: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>Writes a file as a whole: it is the old one until it is the new one.</summary>
    public static void Replace(string file, Action<string> write)
    {
        var fresh = $"{file}.new";
        write(fresh);
        File.Move(fresh, file, overwrite: true);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
