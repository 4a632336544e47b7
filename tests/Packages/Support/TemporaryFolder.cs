namespace MlNetNtd.Packages.Tests;

/// <summary>A folder outside the repository.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    // Spaces and brackets, because a user's folder has them.
    public string Path { get; } =
        Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"ntd packages (test) {Guid.NewGuid():N}")).FullName;

    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A virus scanner or an indexer still reads in it: the system empties its own temporary folder.
        }
    }
}
