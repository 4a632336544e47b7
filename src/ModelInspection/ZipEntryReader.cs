using System.IO.Compression;

namespace MlNetNtd;

/// <summary>
/// Reads an entry from front to back, once, in pieces: its size and checksum are held against what the zip declares, and a
/// header of a model anywhere but in front is found. Such a one would be a stage in another's bytes, which nothing of ML.NET
/// writes and some of it would read.
/// </summary>
internal sealed class ZipEntryReader : IDisposable
{
    /// <summary>Bytes of a piece at most.</summary>
    public const int PieceBytes = 1 << 16;

    private const int Carried = sizeof(ulong) - 1;

    private readonly ZipArchiveEntry _entry;
    private readonly Stream _content;
    private readonly byte[] _buffer;
    private readonly bool _isModel;
    private uint _checksum;

    // Where the last piece ends in the buffer.
    private int _end;

    /// <param name="entry">The entry.</param>
    /// <param name="buffer">At least <see cref="BufferBytes"/>, for this one alone while it reads.</param>
    /// <param name="isModel">Whether a header of a model stands in front.</param>
    /// <exception cref="ModelFileException">What stands before its bytes in the zip is damaged.</exception>
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

    /// <summary>What the buffer has to hold.</summary>
    public static int BufferBytes => Carried + PieceBytes;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>The next bytes, fewer than asked for only at the end; good until the next call.</summary>
    /// <exception cref="ModelFileException">They cannot be unpacked, or hold a header where none belongs.</exception>
    public ReadOnlySpan<byte> Next(int count)
    {
        // A header may begin in the last bytes of the piece before.
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
        RefuseHidden(_buffer.AsSpan(0, _end), Position - carried);
        Position += read;
        return piece;
    }

    /// <summary>Reads what is left and holds size and checksum against the zip's word.</summary>
    /// <exception cref="ModelFileException">They differ.</exception>
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

    private void RefuseHidden(ReadOnlySpan<byte> bytes, long start)
    {
        var from = _isModel && start == 0 ? Math.Min(1, bytes.Length) : 0;
        var at = bytes[from..].IndexOf(ModelHeaderParser.Signature);
        if (at >= 0)
            throw new ModelFileException(_entry.FullName, "content", "no model within it", $"a model's header at byte {start + from + at}");
    }

    private ModelFileException Unreadable(Exception e) =>
        new(_entry.FullName, "content", "bytes that can be unpacked", e.Message, e);
}
