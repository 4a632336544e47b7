namespace MlNetNtd;

/// <summary>The item types of the .safetensors format, those of its version 0.7.</summary>
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

    /// <summary>All of them, for messages.</summary>
    public static string All => string.Join(", ", Bits.Keys);

    /// <summary>Bits of an item; null: the type is not known.</summary>
    public static int? BitsOf(string type) => Bits.TryGetValue(type, out var bits) ? bits : null;

    /// <summary>Bytes of a tensor; null: there is none of this shape.</summary>
    /// <param name="bits">Of an item.</param>
    /// <param name="shape">Its dimensions.</param>
    public static long? BytesOf(int bits, ReadOnlySpan<long> shape)
    {
        long all = bits;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && all > long.MaxValue / size))
                return null;
            all *= size;
        }

        // Items of less than a byte fill whole bytes together.
        return all % 8 == 0 ? all / 8 : null;
    }
}
