using System.Text;
using static MlNetNtd.Tests.SchemaBytes;

namespace MlNetNtd.Tests;

/// <summary>Types and values of ML.NET's binary format at the limits of what is accepted.</summary>
[TestClass]
public sealed class SchemaFieldTests
{
    private const int Largest = int.MaxValue;
    private const string AnyCount = "0 to 2147483647";

    [TestMethod]
    [DataRow(new int[0], new[] { 0 }, 0, DisplayName = "Of no rank: of any size")]
    [DataRow(new[] { 0 }, new[] { 0 }, 0)]
    [DataRow(new[] { 7 }, new[] { 7 }, 7)]
    [DataRow(new[] { 2, 3 }, new[] { 2, 3 }, 6)]
    [DataRow(new[] { 2, 0, 3 }, new[] { 2, 0, 3 }, 0)]
    [DataRow(new[] { Largest, 1 }, new[] { Largest, 1 }, Largest)]
    public void Vector_length_is_the_product_of_its_dimensions(int[] written, int[] dimensions, int size)
    {
        var type = ReadType(Vector(Type("Single"), written));

        CollectionAssert.AreEqual(dimensions, type.Dimensions.ToArray());
        Assert.AreEqual(("Single", true, size, 32), (type.Name, type.IsVector, type.Size, type.Bits));
    }

    [TestMethod]
    [DataRow(new[] { -1 }, "type, dimension", AnyCount, "-1")]
    [DataRow(new[] { 2, 1 << 30 }, "type, items", "1 to 2147483647", "2147483648")]
    [DataRow(new[] { 2, 0, 1 << 30 }, "type, items", "1 to 2147483647", "2147483648")]
    public void Vector_of_more_items_than_an_array_has_is_refused(int[] dimensions, string field, string expected, string found) =>
        IsNoType(Vector(Type("Single"), dimensions), field, expected, found);

    [TestMethod]
    public void Rank_of_64_is_accepted_and_65_refused()
    {
        Assert.AreEqual(1, ReadType(Vector(Type("Single"), [.. Enumerable.Repeat(1, 64)])).Size);

        IsNoType(Vector(Type("Single"), [.. Enumerable.Repeat(1, 65)]), "type, rank", "0 to 64", "65");
    }

    [TestMethod]
    public void Too_large_rank_is_refused_before_its_dimensions_are_read() =>
        IsNoType(Type("VBuffer", [.. Type("Single"), .. Int32s(2, 5), 0, 0, 0]), "type, rank", "0 to 1", "2");

    [TestMethod]
    public void Wrong_type_size_is_refused()
    {
        IsNoType([.. Text("Byte"), 1], "type, size", "0 to 0", "1");
        // The ends that were announced, and those that were come to.
        IsNoType([.. Text("Byte"), 1, 0], "type, end", "7", "6");
        IsNoType([.. Text("VBuffer"), 5, .. Type("Byte"), .. Int32s(1, 1)], "type, end", "14", "23");
    }

    [TestMethod]
    [DataRow("Byte", (ulong)byte.MaxValue)]
    [DataRow("UInt16", (ulong)ushort.MaxValue)]
    [DataRow("UInt32", (ulong)uint.MaxValue)]
    [DataRow("UInt64", ulong.MaxValue)]
    public void Key_count_is_limited_by_the_key_type(string items, ulong largest)
    {
        foreach (var count in new[] { 1ul, largest })
            Assert.AreEqual(new SerializedType(items, default, count), ReadType(Key(items, count)));

        IsNoType(Key(items, 0), "type, keys", $"1 to {largest}", "0");
        if (largest < ulong.MaxValue)
            IsNoType(Key(items, largest + 1), "type, keys", $"1 to {largest}", $"{largest + 1}");
    }

    [TestMethod]
    [DataRow("Byte", (ulong)byte.MaxValue, (int)byte.MaxValue)]
    [DataRow("UInt16", (ulong)ushort.MaxValue, (int)ushort.MaxValue)]
    [DataRow("UInt32", (ulong)uint.MaxValue, Largest)]
    [DataRow("UInt64", ulong.MaxValue, Largest)]
    public void Key_count_of_older_versions_has_32_bits_and_0_means_all(string items, ulong all, int largest)
    {
        Assert.AreEqual(new SerializedType(items, default, all), ReadType(OldKey(items, 1, 0, 0)));
        foreach (var count in new[] { 1, 7, largest })
            Assert.AreEqual(new SerializedType(items, default, (ulong)count), ReadType(OldKey(items, 1, 0, count)));

        IsNoType(OldKey(items, 1, 0, -1), "type, keys", $"0 to {largest}", "-1");
        if (largest < Largest)
            IsNoType(OldKey(items, 1, 0, largest + 1), "type, keys", $"0 to {largest}", $"{largest + 1}");
    }

    [TestMethod]
    public void Keys_of_older_versions_with_gaps_or_another_minimum_are_refused()
    {
        IsNoType(OldKey("Byte", 0, 0, 7), "type, contiguous", "1", "0");
        IsNoType(OldKey("Byte", 1, 1, 7), "type, smallest", "0", "1");
        IsNoType(OldKey("Int32", 1, 0, 7), "type, items", "an unsigned integer", "'Int32'");
        IsNoType(Type("Key", Type("Byte", 0)), "type, items, size", "0", "1");
    }

    [TestMethod]
    [DataRow("Boolean", 1)]
    [DataRow("Byte", 1)]
    [DataRow("UInt16", 2)]
    [DataRow("Single", 4)]
    [DataRow("DateTime", 8)]
    [DataRow("DateTimeOffset", 10)]
    [DataRow("DataViewRowId", 16)]
    public void Value_has_exactly_the_bytes_of_its_type(string name, int bytes)
    {
        var type = new SerializedType(name, default, null);

        Check(type, new byte[bytes]);

        IsNoValue(type, new byte[bytes - 1], "value, items", $"at most {bytes - 1} bytes, which are left", $"{bytes}");
        IsNoValue(type, new byte[bytes + 1], "value, bytes behind it", "0", "1");
    }

    [TestMethod]
    [DataRow(new[] { 2, 2 }, new[] { 1, 4, -1, 0 }, 4, DisplayName = "Dense")]
    [DataRow(new[] { 4 }, new[] { 1, 4, 0, 0 }, 0, DisplayName = "Sparse, all 0")]
    [DataRow(new[] { 4 }, new[] { 1, 4, 2, 2, 0, 3 }, 2, DisplayName = "Sparse, the first and the last")]
    [DataRow(new[] { 4 }, new[] { 1, 4, 3, 3, 0, 1, 2 }, 3, DisplayName = "Sparse, all but one")]
    [DataRow(new[] { 0 }, new[] { 1, 4, -1, 0 }, 4, DisplayName = "Of any size, which all vectors have")]
    [DataRow(new[] { 0 }, new[] { 1, 0, 3, -1, 0 }, 3, DisplayName = "Of any size, which stands by the vector, dense")]
    [DataRow(new[] { 0 }, new[] { 1, 0, 3, 1, 1, 2 }, 1, DisplayName = "Of any size, which stands by the vector, sparse")]
    [DataRow(new[] { 0 }, new[] { 1, 0, 0, -1, 0 }, 0, DisplayName = "Empty")]
    public void Vector_is_dense_or_sparse_with_the_stated_number_of_items(int[] dimensions, int[] head, int items)
    {
        var type = new SerializedType("Byte", [.. dimensions], null);

        Check(type, [.. Int32s(head), .. new byte[items]]);

        IsNoValue(type, [.. Int32s(head), .. new byte[items + 1]], "value, bytes behind it", "0", "1");
        if (items > 0)
            IsNoValue(type, [.. Int32s(head), .. new byte[items - 1]], "value, items", $"at most {items - 1} bytes, which are left", $"{items}");
    }

    [TestMethod]
    [DataRow(4, new[] { 2, 4, -1, 0 }, "vectors", "1", "2")]
    [DataRow(4, new[] { 1, 0, 4, -1, 0 }, "size", "4", "0")]
    [DataRow(0, new[] { 1, -1, 4, -1, 0 }, "size", AnyCount, "-1")]
    [DataRow(0, new[] { 1, 0, -1, -1, 0 }, "length", AnyCount, "-1")]
    [DataRow(4, new[] { 1, 4, -2, 0 }, "count", "-1 to 3", "-2")]
    [DataRow(4, new[] { 1, 4, 4, 4, 0, 1, 2, 3 }, "count", "-1 to 3", "4")]
    [DataRow(0, new[] { 1, 0, 0, 0, 0 }, "count", "-1 to -1", "0")]
    [DataRow(4, new[] { 1, 4, -1, 1, 0 }, "indices", "0", "1")]
    [DataRow(4, new[] { 1, 4, 2, 1, 0 }, "indices", "2", "1")]
    [DataRow(4, new[] { 1, 4, 2, 0 }, "indices", "2", "0")]
    [DataRow(4, new[] { 1, 4, 1, 1, -1 }, "index", "0 to 3", "-1")]
    [DataRow(4, new[] { 1, 4, 1, 1, 4 }, "index", "0 to 3", "4")]
    [DataRow(4, new[] { 1, 4, 2, 2, 1, 1 }, "index", "2 to 3", "1")]
    [DataRow(4, new[] { 1, 4, 2, 2, 1, 0 }, "index", "2 to 3", "0")]
    [DataRow(4, new[] { 1, 4, 2, 2, 3, 3 }, "index", "none, for which there is no room", "3")]
    public void Vector_with_contradictory_counts_is_refused(int size, int[] head, string field, string expected, string found) =>
        IsNoValue(new SerializedType("Byte", [size], null), [.. Int32s(head), .. new byte[4]], $"value, {field}", expected, found);

    [TestMethod]
    [DataRow(new[] { 1 }, "a")]
    [DataRow(new[] { 0, 2, 2 }, "ab", DisplayName = "Empty ones among others")]
    [DataRow(new[] { 1, 3 }, "ä𝔘", DisplayName = "Ends count characters of UTF-16, not bytes")]
    [DataRow(new[] { int.MinValue, 1 }, "a", DisplayName = "The highest bit of an end, which said that a value is missing")]
    [DataRow(new int[0], "")]
    public void Texts_end_where_their_characters_end(int[] ends, string characters) =>
        Check(AnyTexts, Texts(ends.Length, ends, Encoding.UTF8.GetBytes(characters)));

    [TestMethod]
    public void Invalid_UTF_8_counts_as_the_replacement_of_MLNet() => Check(AnyTexts, Texts(1, [1], [0xFF]));

    [TestMethod]
    [DataRow(1, new[] { 2 }, "a", "characters", "2", "1")]
    [DataRow(1, new[] { 1 }, "ab", "characters", "1", "2")]
    [DataRow(1, new[] { 2 }, "ä", "characters", "2", "1")]
    [DataRow(2, new[] { 2, 1 }, "a", "end of a text", "2 to 2147483647", "1")]
    [DataRow(3, new[] { 1, 1 }, "ab", "texts", "0 to 2", "3", DisplayName = "Of 11 bytes, 2 ends have room")]
    public void Texts_with_a_wrong_end_are_refused(int texts, int[] ends, string characters, string field, string expected, string found) =>
        IsNoValue(AnyTexts, Texts(texts, ends, Encoding.UTF8.GetBytes(characters)), $"value, {field}", expected, found);

    [TestMethod]
    public void Single_text_is_read()
    {
        var text = new SerializedType("TextSpan", default, null);

        Check(text, [.. Int32s(1, 1), .. Text("a")]);

        IsNoValue(text, [.. Int32s(2, 1, 1), .. Text("a")], "value, texts", "1", "2");
        IsNoValue(text, [.. Int32s(1, 1), .. Text("a"), 0], "value, bytes behind it", "0", "1");
    }

    private static SerializedType AnyTexts => new("TextSpan", [0], null);

    /// <summary>A dense vector of texts.</summary>
    private static byte[] Texts(int count, int[] ends, byte[] characters) =>
        [.. Int32s([1, 0, count, -1, 0, count, .. ends]), .. Leb128(characters.Length), .. characters];

    private static SerializedType ReadType(byte[] bytes)
    {
        var reader = new FieldReader("Schema", bytes);
        var type = SerializedType.Read(ref reader);
        Assert.AreEqual(0, reader.Left);
        return type;
    }

    private static void Check(SerializedType type, byte[] value)
    {
        var reader = new FieldReader("Schema", value);
        SerializedValue.Check(ref reader, type);
    }

    private static void IsNoType(byte[] bytes, string field, string expected, string found) =>
        IsRefused(() => ReadType(bytes), field, expected, found);

    private static void IsNoValue(SerializedType type, byte[] value, string field, string expected, string found) =>
        IsRefused(() => Check(type, value), field, expected, found);

    private static void IsRefused(Action read, string field, string expected, string found)
    {
        var error = Assert.ThrowsExactly<ModelFileException>(read);
        Assert.AreEqual(("Schema", field, expected, found), (error.Entry, error.Field, error.Expected, error.Found));
    }
}
