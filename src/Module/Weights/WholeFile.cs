namespace MlNetNtd;

/// <summary>Writes a file beside its place and puts it there whole: what was there is lost to no failure.</summary>
internal static class WholeFile
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The file; replaced if it is there, behind a link where it is one.</param>
    /// <param name="write">Writes its bytes.</param>
    /// <exception cref="IOException">It cannot be written; what was there is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        // Nothing can be lost here, and it may be a device, which must stay one.
        if (new FileInfo(target) is { Exists: true, Length: 0 })
        {
            using var empty = new FileStream(target, FileMode.Open, FileAccess.Write);
            write(empty);
            return;
        }

        var unfinished = $"{target}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
                write(stream);
            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
