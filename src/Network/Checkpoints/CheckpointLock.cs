namespace MlNetNtd;

/// <summary>That one training at a time has a checkpoint's file: the file <c>path.lock</c> beside it, held open.</summary>
internal sealed class CheckpointLock : IDisposable
{
    // What opening a file gives that somebody else holds: EWOULDBLOCK of Linux and of macOS, sharing and lock violations of Windows.
    private static readonly int[] Held = OperatingSystem.IsWindows() ? [unchecked((int)0x80070020), unchecked((int)0x80070021)] : [11, 35];

    private readonly FileStream _stream;

    private CheckpointLock(string path, FileStream stream) => (Path, _stream) = (path, stream);

    /// <summary>The file that is held.</summary>
    public string Path { get; }

    /// <summary>Takes a file, whether it is there already or not. One file is held once, whichever of its names is used.</summary>
    /// <exception cref="InvalidOperationException">Another training has it, or nothing can be written beside it.</exception>
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

    /// <summary>Lets others have it.</summary>
    public void Dispose() => _stream.Dispose();
}
