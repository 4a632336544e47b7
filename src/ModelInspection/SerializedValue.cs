using System.Text;

namespace MlNetNtd;

/// <summary>
/// Checks values in ML.NET's binary format, such as those of annotations. ML.NET reads annotations when it opens the schema, and
/// allocates the counts in them.
/// </summary>
internal static class SerializedValue
{
    // In old versions, the highest bit of a text's end marks a missing value.
    private const int EndBits = int.MaxValue;
    private const int Dense = -1;

    // The size of a ReadOnlyMemory<char>: a reference, a start and a length.
    private const int TextBytes = 16;

    /// <summary>Checks that the bytes are exactly one value.</summary>
    /// <returns>The number of bytes that ML.NET allocates for it.</returns>
    /// <exception cref="ModelFileException">The bytes are not exactly one value of the type.</exception>
    public static long Check(ref FieldReader reader, SerializedType type)
    {
        var cost = Read(ref reader, type, 1);
        reader.Expect("value, bytes behind it", 0, reader.Left);
        return cost;
    }

    /// <summary>Reads and checks values: one vector, or a number of scalars.</summary>
    /// <returns>The number of bytes that ML.NET allocates for them; sparse vectors count as dense.</returns>
    /// <exception cref="ModelFileException">The bytes are not such values.</exception>
    public static long Read(ref FieldReader reader, SerializedType type, int count)
    {
        if (type.IsVector)
            return ReadVector(ref reader, type);
        ReadItems(ref reader, type, count);
        return (long)count * ItemBytes(type);
    }

    private static int ItemBytes(SerializedType type) => type.IsText ? TextBytes : Math.Max(1, type.Bits / 8);

    private static long ReadVector(ref FieldReader reader, SerializedType type)
    {
        reader.Expect("value, vectors", 1, reader.Int32("value, vectors"));
        var size = reader.Int32("value, size");
        if (type.Size > 0)
            reader.Expect("value, size", type.Size, size);
        reader.InRange("value, size", 0, int.MaxValue, size);
        var length = size > 0 ? size : (int)reader.InRange("value, length", 0, int.MaxValue, reader.Int32("value, length"));

        var count = reader.Int32("value, count");
        reader.InRange("value, count", Dense, Math.Max(Dense, length - 1L), count);
        var indices = reader.Int32("value, indices");
        reader.Expect("value, indices", count == Dense ? 0 : count, indices);
        var last = -1;
        for (var i = 0; i < indices; i++)
            last = (int)reader.InRange("value, index", last + 1L, length - 1L, reader.Int32("value, index"));
        ReadItems(ref reader, type, count == Dense ? length : count);
        return (long)length * ItemBytes(type);
    }

    private static void ReadItems(ref FieldReader reader, SerializedType type, int count)
    {
        if (type.IsText)
            CheckTexts(ref reader, count);
        else
            reader.Bytes("value, items", ((long)count * type.Bits + 7) / 8);
    }

    private static void CheckTexts(ref FieldReader reader, int count)
    {
        reader.Expect("value, texts", count, reader.Int32("value, texts"));
        reader.InRange("value, texts", 0, reader.Left / sizeof(int), count);
        long last = 0;
        for (var i = 0; i < count; i++)
            last = reader.InRange("value, end of a text", last, int.MaxValue, reader.Int32("value, end of a text") & EndBits);

        // ML.NET decodes invalid UTF-8 to replacement characters, and compares the number of characters with the last end.
        var characters = Encoding.UTF8.GetCharCount(reader.Bytes("value, characters", reader.Leb128("value, characters", int.MaxValue)));
        reader.Expect("value, characters", last, characters);
    }
}
