namespace MlNetNtd.Tests;

/// <summary>The name of a file that is gone when the test is over. It is not there to begin with.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"MlNetNtd.{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(Path);
}
