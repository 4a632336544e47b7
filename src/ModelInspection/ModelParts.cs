using System.IO.Compression;

namespace MlNetNtd;

/// <summary>The entries of a model zip by name, and a buffer that holds one of them at a time.</summary>
internal sealed class ModelParts
{
    // The buffer grows by doubling up to this size; a larger one is only as large as needed, because it counts for memory.
    private const int MaxDoubledBytes = 16 << 20;

    // ML.NET looks for names in the case that it writes, but it can also read a zip that was unpacked and packed again.
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (ZipArchiveEntry Entry, ModelHeaderParser Header)> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly byte[] _piece;
    private byte[] _kept = [];

    /// <param name="piece">A buffer for <see cref="ZipEntryReader"/>.</param>
    public ModelParts(byte[] piece) => _piece = piece;

    /// <summary>The names of all entries.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>The folders of the parts with a header.</summary>
    public IEnumerable<string> Folders => _headers.Keys;

    /// <summary>The number of parts with a header.</summary>
    public int Count => _headers.Count;

    /// <summary>Adds an entry.</summary>
    /// <returns>False if there is another entry of this name.</returns>
    public bool Add(string name, ZipArchiveEntry entry) => _entries.TryAdd(name, entry);

    /// <summary>Adds the header of an entry. If a folder has several, the key's header counts.</summary>
    public void Add(string folder, ZipArchiveEntry entry, ModelHeaderParser header, bool isKey)
    {
        if (isKey)
            _headers[folder] = (entry, header);
        else
            _headers.TryAdd(folder, (entry, header));
    }

    /// <summary>Gets an entry by its name; null if there is none.</summary>
    public ZipArchiveEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>Gets the part in a folder.</summary>
    public bool TryFind(string folder, out ZipArchiveEntry entry, out ModelHeaderParser header)
    {
        var found = _headers.TryGetValue(folder, out var part);
        (entry, header) = part;
        return found;
    }

    /// <summary>Reads the first bytes of an entry. The result is valid until the next call.</summary>
    /// <exception cref="ModelFileException">The entry is shorter.</exception>
    public ReadOnlySpan<byte> Read(ZipArchiveEntry entry, long count)
    {
        using var reading = new ZipEntryReader(entry, _piece, isModel: true);
        return Keep(entry, count, already: [], reading);
    }

    /// <summary>Reads more bytes of an entry and appends them to those already read. The result is valid until the next call.</summary>
    /// <exception cref="ModelFileException">The entry is shorter.</exception>
    public ReadOnlySpan<byte> Keep(ZipArchiveEntry entry, long count, ReadOnlySpan<byte> already, ZipEntryReader reading)
    {
        // All entries share one buffer, so that a thousand large entries cost no more memory than one.
        if (_kept.Length < count)
            _kept = new byte[Math.Max(count, Math.Min(MaxDoubledBytes, 2L * _kept.Length))];
        already.CopyTo(_kept);
        var kept = already.Length;
        while (kept < count)
        {
            var piece = reading.Next((int)Math.Min(ZipEntryReader.PieceBytes, count - kept));
            if (piece.IsEmpty)
                throw new ModelFileException(entry.FullName, "size", $"{entry.Length} bytes, as the zip declares", $"{reading.Position}");
            piece.CopyTo(_kept.AsSpan(kept));
            kept += piece.Length;
        }

        return _kept.AsSpan(0, kept);
    }
}
