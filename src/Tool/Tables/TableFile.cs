using System.Buffers.Binary;
using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Opens and creates tables in each format.</summary>
internal static class TableFile
{
    /// <summary>The path that stands for standard input or output.</summary>
    public const string Standard = "-";

    /// <summary>The file name extensions of each format; the first is written.</summary>
    private static readonly (TableFormat Format, string[] Extensions)[] Extensions =
    [
        (TableFormat.Parquet, [".parquet", ".pq"]),
        (TableFormat.Arrow, [".arrow", ".feather", ".ipc"]),
        (TableFormat.ArrowStream, [".arrows"]),
    ];

    private const int MagicBytes = 6;

    /// <summary>Opens a table. A file's first bytes tell its format, whatever its name.</summary>
    /// <param name="path">The file's path, or "-" for an Arrow stream on standard input.</param>
    /// <param name="console">Has standard input.</param>
    /// <exception cref="ToolException">The file is missing, cannot be read, or is no table.</exception>
    public static ITableReader Open(string path, ToolConsole console)
    {
        if (path == Standard)
            return OpenStream("standard input", console.OpenInput());
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16, FileOptions.SequentialScan);
            try
            {
                return OpenFile(path, stream);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException($"{path}: expected a file, found none.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: the file cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Creates a table.</summary>
    /// <param name="stream">The stream to write. It stays open.</param>
    /// <param name="format">The format.</param>
    /// <param name="schema">The columns and the metadata.</param>
    public static ITableWriter Create(Stream stream, TableFormat format, Schema schema) => format == TableFormat.Parquet
        ? new ParquetTableWriter(stream, schema)
        : new ArrowTableWriter(stream, schema, isStream: format == TableFormat.ArrowStream);

    /// <summary>Finds the format that a path's extension names; null if it names none.</summary>
    public static TableFormat? FindFormat(string path)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        foreach (var (format, extensions) in Extensions)
        {
            if (extensions.Contains(extension))
                return format;
        }

        return null;
    }

    /// <summary>Gets the extension that files of a format have.</summary>
    public static string GetExtension(TableFormat format) => Extensions.First(entry => entry.Format == format).Extensions[0];

    /// <summary>Lists the extensions for messages.</summary>
    public static string ListExtensions() => string.Join(", ", Extensions.SelectMany(entry => entry.Extensions));

    private static ITableReader OpenFile(string path, FileStream stream)
    {
        Span<byte> magic = stackalloc byte[MagicBytes];
        var read = stream.ReadAtLeast(magic, MagicBytes, throwOnEndOfStream: false);
        magic = magic[..read];
        stream.Position = 0;
        if (magic.StartsWith("PAR1"u8))
        {
            stream.Dispose();
            return new ParquetTableReader(path);
        }

        if (magic.StartsWith("ARROW1"u8))
            return new ArrowTableReader(path, stream, isStream: false);
        if (IsArrowStream(magic))
            return new ArrowTableReader(path, stream, isStream: true);
        throw new ToolException($"{path}: expected a Parquet or an Arrow file, found {(stream.Length == 0 ? "an empty file" : "something else")}.");
    }

    private static ArrowTableReader OpenStream(string name, Stream stream)
    {
        var magic = new byte[sizeof(uint)];
        var read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        return IsArrowStream(magic.AsSpan(0, read))
            ? new ArrowTableReader(name, new PrefixedStream(magic, stream), isStream: true)
            : throw new ToolException($"{name}: expected an Arrow stream, found {(read == 0 ? "nothing" : "something else")}.");
    }

    // Every message of a stream begins with a continuation marker.
    private static bool IsArrowStream(ReadOnlySpan<byte> magic) =>
        magic.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(magic) == uint.MaxValue;
}
