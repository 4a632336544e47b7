namespace MlNetNtd.Tests;

/// <summary>The path of a file that does not exist yet and is deleted after the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"MlNetNtd.{Guid.NewGuid():N}");

    /// <summary>Passes the path of a file in a temporary folder, and deletes the folder with everything in it afterwards.</summary>
    public static void Use(Action<string> use) => TemporaryFolder.Use(folder => use(System.IO.Path.Combine(folder, "file")));

    public void Dispose() => File.Delete(Path);
}
