namespace MlNetNtd;

/// <summary>Reserves a checkpoint file for one training at a time, by keeping the file <c>path.lock</c> beside it open.</summary>
internal sealed class CheckpointLock : IDisposable
{
    // The errors of opening a file that another process holds: EWOULDBLOCK of Linux and macOS, sharing and lock violations of
    // Windows.
    private static readonly int[] Held = OperatingSystem.IsWindows() ? [unchecked((int)0x80070020), unchecked((int)0x80070021)] : [11, 35];

    private readonly FileStream _stream;

    private CheckpointLock(string path, FileStream stream) => (Path, _stream) = (path, stream);

    /// <summary>Gets the path of the checkpoint.</summary>
    public string Path { get; }

    /// <summary>Reserves a checkpoint file, whether it exists or not. All links to a file share one lock.</summary>
    /// <exception cref="InvalidOperationException">Another training holds the lock, or the lock file cannot be created.</exception>
    public static CheckpointLock Take(string path)
    {
        try
        {
            return new CheckpointLock(
                path, new FileStream($"{AtomicFile.Target(path)}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException error) when (Held.Contains(error.HResult))
        {
            throw new InvalidOperationException($"'{path}' belongs to a training that is running: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"cannot write beside '{path}': {error.Message}", error);
        }
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _stream.Dispose();
}
