using System.IO.Compression;

namespace MlNetNtd;

/// <summary>
/// Reads an entry once, sequentially, in pieces. It checks the size and checksum that the zip declares, and rejects a model header
/// anywhere but at the start. Such a header would hide a stage in the bytes of another, which ML.NET never writes but may read.
/// </summary>
internal sealed class ZipEntryReader : IDisposable
{
    /// <summary>The largest size of a piece, in bytes.</summary>
    public const int PieceBytes = 1 << 16;

    private const int Carried = sizeof(ulong) - 1;

    private readonly ZipArchiveEntry _entry;
    private readonly Stream _content;
    private readonly byte[] _buffer;
    private readonly bool _isModel;
    private uint _checksum;

    // The end of the last piece in the buffer.
    private int _end;

    /// <param name="entry">The entry.</param>
    /// <param name="buffer">A buffer of at least <see cref="BufferBytes"/>. Nobody else may use it while this reader does.</param>
    /// <param name="isModel">Whether the entry starts with a model header.</param>
    /// <exception cref="ModelFileException">The entry's local header in the zip is damaged.</exception>
    public ZipEntryReader(ZipArchiveEntry entry, byte[] buffer, bool isModel)
    {
        (_entry, _buffer, _isModel) = (entry, buffer, isModel);
        try
        {
            _content = entry.Open();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
        {
            throw Unreadable(e);
        }
    }

    /// <summary>The required size of the buffer.</summary>
    public static int BufferBytes => Carried + PieceBytes;

    /// <summary>The number of bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the next bytes: fewer than requested only at the end. The result is valid until the next call.</summary>
    /// <exception cref="ModelFileException">The bytes cannot be unpacked, or contain a misplaced model header.</exception>
    public ReadOnlySpan<byte> Next(int count)
    {
        // A header can begin in the last bytes of the previous piece.
        var carried = (int)Math.Min(Carried, Position);
        _buffer.AsSpan(_end - carried, carried).CopyTo(_buffer);
        var piece = _buffer.AsSpan(carried, Math.Min(count, PieceBytes));
        int read;
        try
        {
            read = _content.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Unreadable(e);
        }

        piece = piece[..read];
        _end = carried + read;
        _checksum = Crc32.Append(_checksum, piece);
        RejectHiddenHeader(_buffer.AsSpan(0, _end), Position - carried);
        Position += read;
        return piece;
    }

    /// <summary>Reads the rest of the entry, and checks its size and checksum.</summary>
    /// <exception cref="ModelFileException">They differ from what the zip declares.</exception>
    public void Finish()
    {
        while (!Next(PieceBytes).IsEmpty)
        {
        }

        if (Position != _entry.Length)
            throw new ModelFileException(_entry.FullName, "size", $"{_entry.Length} bytes, as the zip declares", $"{Position}");
        if (_checksum != _entry.Crc32)
            throw new ModelFileException(_entry.FullName, "checksum", $"{_entry.Crc32:X8}, as the zip declares", $"{_checksum:X8}");
    }

    public void Dispose() => _content.Dispose();

    private void RejectHiddenHeader(ReadOnlySpan<byte> bytes, long start)
    {
        var from = _isModel && start == 0 ? Math.Min(1, bytes.Length) : 0;
        var index = bytes[from..].IndexOf(ModelHeaderParser.Signature);
        if (index >= 0)
            throw new ModelFileException(_entry.FullName, "content", "no model within it", $"a model's header at byte {start + from + index}");
    }

    private ModelFileException Unreadable(Exception e) =>
        new(_entry.FullName, "content", "bytes that can be unpacked", e.Message, e);
}
