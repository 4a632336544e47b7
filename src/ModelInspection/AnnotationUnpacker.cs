using System.IO.Compression;

namespace MlNetNtd;

/// <summary>Unpacks annotations of schemas, all of a file within one cap, into one buffer.</summary>
/// <param name="maxBytes">Bytes of all annotations at most.</param>
/// <param name="load">What loading the model takes, schemas among the rest; null: nobody counts it.</param>
internal sealed class AnnotationUnpacker(int maxBytes, LoadBudget? load = null)
{
    private const int FirstBytes = 4096;

    private byte[] _buffer = [];
    private long _taken;

    /// <summary>The value's bytes, good until the next call.</summary>
    /// <exception cref="ModelFileException">They cannot be unpacked, or the cap is reached.</exception>
    public ReadOnlySpan<byte> Unpack(string entry, string field, ReadOnlySpan<byte> packed, bool deflated)
    {
        // Two annotations may share their bytes, and a thousand may.
        Take(entry, field, packed.Length);
        if (!deflated)
            return packed;

        try
        {
            using var stream = new DeflateStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            var filled = 0;
            while (true)
            {
                if (filled == _buffer.Length)
                    Array.Resize(ref _buffer, Math.Max(FirstBytes, 2 * _buffer.Length));
                var read = stream.Read(_buffer.AsSpan(filled));
                if (read == 0)
                    return _buffer.AsSpan(0, filled);
                filled += read;
                Take(entry, field, read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new ModelFileException(entry, field, "bytes that can be unpacked", e.Message, e);
        }
    }

    /// <summary>Counts what ML.NET allocates beside the bytes that it unpacks.</summary>
    /// <exception cref="ModelFileException">The cap is reached.</exception>
    public void Charge(string entry, string field, long bytes) => load?.Charge(entry, field, bytes);

    /// <summary>Counts bytes that ML.NET reads and keeps once for each annotation, although several may share them.</summary>
    /// <exception cref="ModelFileException">The cap is reached.</exception>
    public void Take(string entry, string field, int bytes)
    {
        Charge(entry, field, bytes);
        _taken += bytes;
        if (_taken > maxBytes)
            throw new ModelFileException(entry, field, $"at most {maxBytes} bytes of annotations in all", "more");
    }
}
