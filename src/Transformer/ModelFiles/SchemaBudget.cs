using System.IO.Compression;

namespace MlNetNtd;

/// <summary>Unpacks annotations of schemas, all of a file within one cap, into one buffer.</summary>
internal sealed class SchemaBudget(int maxBytes)
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

    private void Take(string entry, string field, int bytes)
    {
        _taken += bytes;
        if (_taken > maxBytes)
            throw new ModelFileException(entry, field, $"at most {maxBytes} bytes of annotations in all", "more");
    }
}
