using System.IO.Compression;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>A model file being written: a zip archive of streams in folders.</summary>
internal sealed class RepositoryWriter : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly HashSet<string> _paths = [];

    private RepositoryWriter(Stream stream, IExceptionContext ectx)
    {
        ExceptionContext = ectx;
        _archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
    }

    public IExceptionContext ExceptionContext { get; }

    public static RepositoryWriter CreateNew(Stream stream, IExceptionContext ectx = null)
    {
        ectx.CheckValue(stream, nameof(stream));
        var repository = new RepositoryWriter(stream, ectx);
        using var version = new MemoryStream("5.0.0 (MlNetNtd stand-in)\n"u8.ToArray());
        repository.Write("TrainingInfo", "Version.txt", version);
        return repository;
    }

    public void Write(string directory, string name, MemoryStream content)
    {
        string path = RepositoryPath.Of(ExceptionContext, directory, name);
        if (!_paths.Add(path))
            throw ExceptionContext.ExceptParam(nameof(name), "Duplicate entry: '{0}'", path);

        using Stream entry = _archive.CreateEntry(path).Open();
        content.WriteTo(entry);
    }

    public void Dispose() => _archive.Dispose();
}

/// <summary>Names of streams in a model file.</summary>
internal static class RepositoryPath
{
    public static string Of(IExceptionContext ectx, string directory, string name)
    {
        ectx.CheckParam(directory?.Contains("..", StringComparison.Ordinal) != true, "dir");
        ectx.CheckParam(!string.IsNullOrWhiteSpace(name), nameof(name));
        ectx.CheckParam(!name.Contains("..", StringComparison.Ordinal), nameof(name));
        return Normalize(Path.Combine(directory ?? "", name));
    }

    /// <summary>Files written on Windows may part folders by backslashes.</summary>
    public static string Normalize(string path) => path.Replace('\\', '/');
}
