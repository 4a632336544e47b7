namespace MlNetNtd.Examples.Sweep;

/// <summary>The folder of a sweep and the names of its files.</summary>
internal sealed class SweepFolder
{
    private readonly TextGan.RunFolder _folder;

    public SweepFolder(string path) => _folder = new TextGan.RunFolder(System.IO.Path.GetFullPath(path));

    public string Path => _folder.Path;

    /// <summary>A line of JSON a trial.</summary>
    public string Trials => In("trials.jsonl");

    public string Chart => In("trials.svg");

    /// <summary>Stage and best discriminator as one ML.NET model.</summary>
    public string Model => _folder.Model;

    /// <summary>The model of each finalist and seed: one of them becomes the model.</summary>
    public string Candidate(int trial, int number) => In($"candidate-{trial}-{number}.zip");

    /// <inheritdoc cref="TextGan.RunFolder.Prepare"/>
    public void Prepare() => _folder.Prepare();

    /// <inheritdoc cref="TextGan.RunFolder.Guard"/>
    public void Guard(Action write) => _folder.Guard(write);

    /// <inheritdoc cref="TextGan.RunFolder.Replace"/>
    public static void Replace(string file, Action<string> write) => TextGan.RunFolder.Replace(file, write);

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
