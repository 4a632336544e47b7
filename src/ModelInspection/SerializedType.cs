using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>A type in ML.NET's binary format: a name, the size of the type's details in bytes, and the details.</summary>
/// <param name="Name">The name of the scalar or item type; for keys, the name of the integer type that holds them.</param>
/// <param name="Dimensions">The dimensions of a vector; default for a scalar.</param>
/// <param name="KeyCount">The number of keys; null if the items are not keys.</param>
internal sealed record SerializedType(string Name, ImmutableArray<int> Dimensions, ulong? KeyCount)
{
    // Far above any real column's rank. ML.NET allocates the declared rank and loops forever if the file ends too early.
    private const int MaxRank = 64;
    private const int Variable = 0;

    // The bits of one item. Text has a format of its own.
    private static readonly Dictionary<string, int> ItemBits = new()
    {
        ["SByte"] = 8,
        ["Byte"] = 8,
        ["Int16"] = 16,
        ["UInt16"] = 16,
        ["Int32"] = 32,
        ["UInt32"] = 32,
        ["Int64"] = 64,
        ["UInt64"] = 64,
        ["Single"] = 32,
        ["Double"] = 64,
        ["TimeSpan"] = 64,
        ["DateTime"] = 64,
        ["DateTimeOffset"] = 80,
        ["DataViewRowId"] = 128,
        ["Boolean"] = 1,
        [TextName] = 0,
        ["DvDateTime"] = 64,
        ["DvDateTimeZone"] = 80,
        ["DvTimeSpan"] = 64,
    };

    private static readonly Dictionary<string, ulong> LargestKey = new()
    {
        ["Byte"] = byte.MaxValue,
        ["UInt16"] = ushort.MaxValue,
        ["UInt32"] = uint.MaxValue,
        ["UInt64"] = ulong.MaxValue,
    };

    private const string TextName = "TextSpan";

    public bool IsText => Name == TextName;

    public bool IsVector => !Dimensions.IsDefault;

    /// <summary>The number of items in a vector; 0 if it is unknown.</summary>
    public int Size => (int)Dimensions.Aggregate(1L, (size, dimension) => size * dimension);

    /// <summary>The number of bits in an item that is not text.</summary>
    public int Bits => ItemBits[Name];

    /// <summary>Reads a type.</summary>
    /// <exception cref="ModelFileException">ML.NET's format has no such type.</exception>
    public static SerializedType Read(ref FieldReader reader)
    {
        var name = reader.Text("type");
        var bytes = reader.Leb128("type, size", int.MaxValue);
        var end = reader.Position + bytes;
        reader.InRange("type, size", 0, reader.Left, bytes);
        var type = name switch
        {
            "VBuffer" => ReadVector(ref reader),
            "Key2" => ReadKey(ref reader),
            "Key" => ReadOldKey(ref reader),
            _ => ItemBits.ContainsKey(name)
                ? new SerializedType(name, default, null)
                : throw reader.CreateError("type", "a type of ML.NET's format", $"'{name}'"),
        };
        reader.Expect("type, end", end, reader.Position);
        return type;
    }

    private static SerializedType ReadVector(ref FieldReader reader)
    {
        var item = ReadItem(ref reader);
        var rank = reader.Int32("type, rank");
        reader.InRange("type, rank", 0, Math.Min(MaxRank, reader.Left / sizeof(int)), rank);
        if (rank == 0)
            return item with { Dimensions = [Variable] };

        var dimensions = ImmutableArray.CreateBuilder<int>(rank);
        long size = 1;
        for (var i = 0; i < rank; i++)
        {
            var dimension = (int)reader.InRange("type, dimension", 0, int.MaxValue, reader.Int32("type, dimension"));
            dimensions.Add(dimension);
            if (dimension != Variable)
                size = reader.InRange("type, items", 1, int.MaxValue, size * dimension);
        }

        return item with { Dimensions = dimensions.MoveToImmutable() };
    }

    // ML.NET reads the item type recursively: nested vectors would overflow its stack.
    private static SerializedType ReadItem(ref FieldReader reader)
    {
        var before = reader;
        var name = reader.Text("type, items");
        if (name == "VBuffer")
            throw reader.CreateError("type, items", "a type that is no vector", $"'{name}'");
        reader = before;
        return Read(ref reader);
    }

    private static SerializedType ReadKey(ref FieldReader reader)
    {
        var name = ReadKeyItem(ref reader);
        var count = reader.UInt64("type, keys");
        if (count == 0 || count > LargestKey[name])
            throw reader.CreateError("type, keys", $"1 to {LargestKey[name]}", $"{count}");
        return new SerializedType(name, default, count);
    }

    private static SerializedType ReadOldKey(ref FieldReader reader)
    {
        var name = ReadKeyItem(ref reader);
        reader.Expect("type, contiguous", (byte)1, reader.Byte("type, contiguous"));
        reader.Expect("type, smallest", 0ul, reader.UInt64("type, smallest"));
        var largest = (long)Math.Min(int.MaxValue, LargestKey[name]);
        var count = reader.InRange("type, keys", 0, largest, reader.Int32("type, keys"));
        return new SerializedType(name, default, count == 0 ? LargestKey[name] : (ulong)count);
    }

    private static string ReadKeyItem(ref FieldReader reader)
    {
        var name = reader.Text("type, items");
        reader.Expect("type, items, size", 0, reader.Leb128("type, items, size", int.MaxValue));
        return LargestKey.ContainsKey(name) ? name : throw reader.CreateError("type, items", "an unsigned integer", $"'{name}'");
    }
}
