using System.IO.Compression;

namespace MlNetNtd;

/// <summary>The entries of a model zip by name, and a buffer in which one of them is held at a time.</summary>
internal sealed class ModelParts
{
    // Up to here the buffer grows faster than it has to; beyond, each byte is counted as one that loading takes.
    private const int MostDoubled = 16 << 20;

    // The names that ML.NET looks for have the case that it writes, but a file that was unpacked once is found in any.
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (ZipArchiveEntry Entry, ModelHeaderParser Header)> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly byte[] _piece;
    private byte[] _kept = [];

    /// <param name="piece">A buffer for <see cref="ZipEntryReader"/>.</param>
    public ModelParts(byte[] piece) => _piece = piece;

    /// <summary>All names.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Folders of parts that have a header.</summary>
    public IEnumerable<string> Folders => _headers.Keys;

    /// <summary>How many of them there are.</summary>
    public int Count => _headers.Count;

    /// <summary>Adds an entry.</summary>
    /// <returns>False where another has its name.</returns>
    public bool Add(string name, ZipArchiveEntry entry) => _entries.TryAdd(name, entry);

    /// <summary>Adds the header of an entry, which is the folder's unless that has a key.</summary>
    public void Add(string folder, ZipArchiveEntry entry, ModelHeaderParser header, bool isKey)
    {
        if (isKey)
            _headers[folder] = (entry, header);
        else
            _headers.TryAdd(folder, (entry, header));
    }

    /// <summary>An entry by its name; null where there is none.</summary>
    public ZipArchiveEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>The part in a folder.</summary>
    public bool TryFind(string folder, out ZipArchiveEntry entry, out ModelHeaderParser header)
    {
        var found = _headers.TryGetValue(folder, out var part);
        (entry, header) = part;
        return found;
    }

    /// <summary>The first bytes of an entry, good until the next call.</summary>
    /// <exception cref="ModelFileException">There are fewer.</exception>
    public ReadOnlySpan<byte> Read(ZipArchiveEntry entry, long count)
    {
        using var reading = new ZipEntryReader(entry, _piece, isModel: true);
        return Keep(entry, count, already: [], reading);
    }

    /// <summary>Bytes of an entry that is being read, behind those that were read already; good until the next call.</summary>
    /// <exception cref="ModelFileException">There are fewer.</exception>
    public ReadOnlySpan<byte> Keep(ZipArchiveEntry entry, long count, ReadOnlySpan<byte> already, ZipEntryReader reading)
    {
        // One buffer for all of them, so that a thousand entries that claim much cost no more than one.
        if (_kept.Length < count)
            _kept = new byte[Math.Max(count, Math.Min(MostDoubled, 2L * _kept.Length))];
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
