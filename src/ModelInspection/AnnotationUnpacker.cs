using System.IO.Compression;

namespace MlNetNtd;

/// <summary>Unpacks the annotations of a file's schemas into one buffer, up to a total size.</summary>
/// <param name="maxBytes">The largest total size of all annotations, in bytes.</param>
/// <param name="load">The budget of loading the model; null for none.</param>
internal sealed class AnnotationUnpacker(int maxBytes, LoadBudget? load = null)
{
    private const int FirstBytes = 4096;

    private byte[] _buffer = [];
    private long _taken;

    /// <summary>Unpacks a value. The result is valid until the next call.</summary>
    /// <exception cref="ModelFileException">The bytes cannot be unpacked, or the limit is exceeded.</exception>
    public ReadOnlySpan<byte> Unpack(string entry, string field, ReadOnlySpan<byte> packed, bool deflated)
    {
        // Many annotations can share the same bytes, so each is counted.
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

    /// <summary>Charges the objects that ML.NET allocates in addition to the unpacked bytes.</summary>
    /// <exception cref="ModelFileException">The limit is exceeded.</exception>
    public void Charge(string entry, string field, long bytes) => load?.Charge(entry, field, bytes);

    /// <summary>Counts bytes that ML.NET keeps once for each annotation, even if several annotations share them.</summary>
    /// <exception cref="ModelFileException">The limit is exceeded.</exception>
    public void Take(string entry, string field, int bytes)
    {
        Charge(entry, field, bytes);
        _taken += bytes;
        if (_taken > maxBytes)
            throw new ModelFileException(entry, field, $"at most {maxBytes} bytes of annotations in all", "more");
    }
}
