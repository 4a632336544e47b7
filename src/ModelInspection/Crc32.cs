namespace MlNetNtd;

/// <summary>Computes the checksum of zip entries, which .NET's reader does not check.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Lanes = 8;

    // Eight tables of 256 values, to process eight bytes per iteration.
    private static readonly uint[] Tables = CreateTables();

    /// <summary>Computes a checksum with more bytes appended. The checksum of no bytes is 0.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
        var crc = ~checksum;
        for (; bytes.Length >= Lanes; bytes = bytes[Lanes..])
        {
            crc = tables[(7 * 256) + (int)((crc ^ bytes[0]) & 0xFF)]
                ^ tables[(6 * 256) + (int)(((crc >> 8) ^ bytes[1]) & 0xFF)]
                ^ tables[(5 * 256) + (int)(((crc >> 16) ^ bytes[2]) & 0xFF)]
                ^ tables[(4 * 256) + (int)(((crc >> 24) ^ bytes[3]) & 0xFF)]
                ^ tables[(3 * 256) + bytes[4]]
                ^ tables[(2 * 256) + bytes[5]]
                ^ tables[256 + bytes[6]]
                ^ tables[bytes[7]];
        }

        foreach (var value in bytes)
            crc = (crc >> 8) ^ tables[(int)((crc ^ value) & 0xFF)];
        return ~crc;
    }

    private static uint[] CreateTables()
    {
        var tables = new uint[Lanes * 256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            tables[i] = crc;
        }

        for (var i = 256; i < tables.Length; i++)
            tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 0xFF];
        return tables;
    }
}
