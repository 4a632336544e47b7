using System.IO.Compression;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>A model file being read.</summary>
internal sealed class RepositoryReader : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    private RepositoryReader(Stream stream, IExceptionContext ectx)
    {
        ExceptionContext = ectx;
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (Exception failure)
        {
            throw new FormatException("Failed to open a zip archive", failure).Process(ectx);
        }

        foreach (ZipArchiveEntry entry in _archive.Entries)
            _entries[RepositoryPath.Normalize(entry.FullName)] = entry;
    }

    public IExceptionContext ExceptionContext { get; }

    public static RepositoryReader Open(Stream stream, IExceptionContext ectx = null)
    {
        ectx.CheckValue(stream, nameof(stream));
        return new RepositoryReader(stream, ectx);
    }

    /// <summary>The content of a stream, or null where the file has none of that name.</summary>
    public MemoryStream ReadOrNull(string directory, string name)
    {
        if (!_entries.TryGetValue(RepositoryPath.Of(ExceptionContext, directory, name), out ZipArchiveEntry entry))
            return null;

        // Grown while reading: the length that the archive claims is not to be trusted with an allocation.
        var content = new MemoryStream();
        using (Stream source = entry.Open())
            source.CopyTo(content);
        content.Position = 0;
        return content;
    }

    public void Dispose() => _archive.Dispose();
}
