namespace MlNetNtd;

/// <summary>Writes a file beside its place and puts it there whole: what was there is lost to no failure.</summary>
internal static class AtomicFile
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The file; replaced if it is there, behind a link where it is one.</param>
    /// <param name="write">Writes its bytes.</param>
    /// <exception cref="IOException">It cannot be written; what was there is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Target(path);
        // Nothing can be lost here, and it may be a device, which must stay one.
        if (new FileInfo(target) is { Exists: true, Length: 0 })
        {
            using var empty = new FileStream(target, FileMode.Open, FileAccess.Write);
            write(empty);
            return;
        }

        Replace(target, $"{target}.{Guid.NewGuid():N}", write);
    }

    /// <summary>The file that a path leads to: behind a link, or a link to a link, where it is one.</summary>
    public static string Target(string path) =>
        new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;

    /// <summary>Writes a file under another name, and gives it the place, and the rights, of the one that is there.</summary>
    /// <param name="target">Its place: no link.</param>
    /// <param name="unfinished">Its name until it is whole, in the same folder. Nothing is there.</param>
    /// <param name="write">Writes its bytes.</param>
    /// <exception cref="IOException">It cannot be written; what was there is still there, and nothing is left beside it.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
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

    // Who may read a file may be part of what it is for: that holds for the new one from its first byte on.
    private static FileStream Create(string unfinished, string target)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return new FileStream(unfinished, options);
        var rights = File.GetUnixFileMode(target);
        options.UnixCreateMode = rights;
        var stream = new FileStream(unfinished, options);
        // The process's mask may have taken some.
        File.SetUnixFileMode(stream.SafeFileHandle, rights);
        return stream;
    }

    // What went wrong before is what there is to say.
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
