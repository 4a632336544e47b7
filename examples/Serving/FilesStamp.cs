namespace MlNetNtd.Serving;

/// <summary>By what the server sees that the model's files have changed: the length and time of each; null for a file that is not there.</summary>
/// <remarks>
/// The server looks at them again and again. Notifications of the file system would miss changes on network volumes, and those of
/// Kubernetes, which exchanges a link in the path.
/// </remarks>
internal readonly record struct FilesStamp((long Length, DateTime Written)? Scorer, (long Length, DateTime Written)? Vocabulary)
{
    /// <summary>Reads the stamp of the files in a folder.</summary>
    public static FilesStamp Read(string folder) =>
        new(ReadFile(Path.Combine(folder, ServedFiles.Scorer)), ReadFile(Path.Combine(folder, ServedFiles.Vocabulary)));

    private static (long Length, DateTime Written)? ReadFile(string path)
    {
        try
        {
            // Through an open file, because a path may be a link, whose own time says nothing.
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
