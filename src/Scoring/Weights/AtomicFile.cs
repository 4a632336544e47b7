namespace MlNetNtd;

/// <summary>Writes files atomically: a failed write leaves the previous file as it was.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file's path. An existing file is replaced; if the path is a link, the file it points to is.</param>
    /// <param name="write">Writes the file's content to a stream.</param>
    /// <exception cref="IOException">The file cannot be written. The previous file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied. The previous file is unchanged.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Target(path);
        // An empty file has nothing to lose, and may be a device, which must remain one.
        if (new FileInfo(target) is { Exists: true, Length: 0 })
        {
            using var empty = new FileStream(target, FileMode.Open, FileAccess.Write);
            write(empty);
            return;
        }

        Replace(target, $"{target}.{Guid.NewGuid():N}", write);
    }

    /// <summary>Resolves a path to the final target of its links; returns the path itself if it is no link.</summary>
    public static string Target(string path) =>
        new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;

    /// <summary>Writes a temporary file and renames it to the target, with the permissions of the file it replaces.</summary>
    /// <param name="target">The final path, which is no link.</param>
    /// <param name="unfinished">The temporary file's path, in the same folder. It must not exist.</param>
    /// <param name="write">Writes the file's content to a stream.</param>
    /// <exception cref="IOException">
    /// The file cannot be written. The previous file is unchanged, and the temporary file is deleted.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied. The previous file is unchanged.</exception>
    public static void Replace(string target, string unfinished, Action<FileStream> write)
    {
        try
        {
            using (var stream = Create(unfinished, target))
                write(stream);
            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            DeleteIfPossible(unfinished);
            throw;
        }
    }

    // A file may be private: the new one has its permissions from the first byte on.
    private static FileStream Create(string unfinished, string target)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return new FileStream(unfinished, options);
        var mode = File.GetUnixFileMode(target);
        options.UnixCreateMode = mode;
        var stream = new FileStream(unfinished, options);
        // The process's umask may have removed some permissions.
        File.SetUnixFileMode(stream.SafeFileHandle, mode);
        return stream;
    }

    // The caller needs the original error, not this one.
    private static void DeleteIfPossible(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
