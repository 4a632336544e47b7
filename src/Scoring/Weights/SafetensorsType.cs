namespace MlNetNtd;

/// <summary>Lists the item types of the .safetensors format, version 0.7.</summary>
internal static class SafetensorsType
{
    private static readonly Dictionary<string, int> Bits = new()
    {
        ["BOOL"] = 8,
        ["F4"] = 4,
        ["F6_E2M3"] = 6,
        ["F6_E3M2"] = 6,
        ["U8"] = 8,
        ["I8"] = 8,
        ["F8_E5M2"] = 8,
        ["F8_E4M3"] = 8,
        ["F8_E8M0"] = 8,
        ["F8_E4M3FNUZ"] = 8,
        ["F8_E5M2FNUZ"] = 8,
        ["I16"] = 16,
        ["U16"] = 16,
        ["F16"] = 16,
        ["BF16"] = 16,
        ["I32"] = 32,
        ["U32"] = 32,
        ["F32"] = 32,
        ["C64"] = 64,
        ["F64"] = 64,
        ["I64"] = 64,
        ["U64"] = 64,
    };

    /// <summary>Gets the names of total types, for messages.</summary>
    public static string All => string.Join(", ", Bits.Keys);

    /// <summary>Gets the number of bits of an item; null if the type is unknown.</summary>
    public static int? GetBits(string type) => Bits.TryGetValue(type, out var bits) ? bits : null;

    /// <summary>Gets the number of bytes of a tensor; null if no tensor has this shape.</summary>
    /// <param name="bits">The bits of an item.</param>
    /// <param name="shape">The dimensions.</param>
    public static long? GetBytes(int bits, ReadOnlySpan<long> shape)
    {
        long total = bits;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && total > long.MaxValue / size))
                return null;
            total *= size;
        }

        // Items smaller than a byte must fill whole bytes together.
        return total % 8 == 0 ? total / 8 : null;
    }
}
