using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MlNetNtd.Tests;

/// <summary>
/// The entry Schema is a file of ML.NET's binary format. ML.NET never finishes reading an array that is longer than the rest of the file;
/// these tests cover every array of the format.
/// </summary>
[TestClass]
public sealed class RefusedSchemaTests
{
    private const string Schema = "Schema";
    private const int TableAt = 24;
    private const int TailAt = 32;
    private const int RowsAt = 40;
    private const int ColumnsAt = 48;

    private static readonly byte[] Zip = InspectedModels.Chain();

    private static readonly byte[] Whole = Zips.Entry(Zip, Schema);

    [TestMethod]
    public void Rank_larger_than_the_file_allows_is_refused()
    {
        // ML.NET does not come back from this one: a rank of 257 and not so many bytes behind it. Not called here.
        var at = Whole.AsSpan().IndexOf("VBuffer"u8) + "VBuffer".Length;
        var rankAt = at + 1 + 1 + Whole[at + 1] + 1;
        Assert.AreEqual(1, BinaryPrimitives.ReadInt32LittleEndian(Whole.AsSpan(rankAt)), "The rank of the first vector is where this test looks for it.");

        foreach (var rank in new[] { 257, 513, 1 << 24, int.MaxValue, -1 })
            IsRefused("column 4, annotation 0, type, rank", Int32(rankAt, rank));
    }

    [TestMethod]
    public void Numbers_of_the_header_out_of_their_range_are_refused()
    {
        IsRefused("ColumnCount", Int32(ColumnsAt, -1));
        IsRefused("ColumnCount", Int32(ColumnsAt, int.MaxValue));
        IsRefused("RowCount", Int32(RowsAt, 1));
        IsRefused("TailOffset", Int32(TailAt, Whole.Length));
        IsRefused("TailOffset", Int32(TailAt, 0));
        IsRefused("TableOfContentsOffset", Int32(TableAt, 255));
        IsRefused("TableOfContentsOffset", Int32(TableAt, Whole.Length));
        IsRefused("Signature", Int32(0, 0));
        IsRefused("CompatibleVersion", Int32(16, 0x00010007));
        IsRefused("tail", Int32(Whole.Length - 4, 0));
    }

    [TestMethod]
    public void Schema_truncated_anywhere_is_refused()
    {
        for (var length = 0; length < Whole.Length; length += length < 256 ? 16 : 1)
            Assert.ThrowsExactly<ModelFileException>(() => InspectedModels.Inspect(Zips.With(Zip, Schema, Whole[..length])));
    }

    [TestMethod]
    public void Nested_vectors_are_refused_before_the_stack_overflows()
    {
        // Each level is a name and the size of the rest.
        var type = new List<byte>();
        for (var level = 0; level < 20_000; level++)
            type.AddRange([7, .. "VBuffer"u8, .. Leb128(1 << 18)]);

        IsRefused("column 0, type, items", Single([.. type, .. new byte[1 << 18]]));
    }

    [TestMethod]
    public void Unknown_types_are_refused()
    {
        IsRefused("column 0, type", Single([3, .. "Abc"u8, 0]));
        IsRefused("column 0, type, keys", Single([4, .. "Key2"u8, 14, 4, .. "Byte"u8, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        IsRefused("column 0, type, items", Single([4, .. "Key2"u8, 16, 6, .. "Single"u8, 0, 1, 0, 0, 0, 0, 0, 0, 0]));
        IsRefused("column 0, type, items", Single([7, .. "VBuffer"u8, 20, 6, .. "Single"u8, 0, 2, 0, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0]));
    }

    [TestMethod]
    public void Annotation_shorter_than_stated_is_refused()
    {
        byte[] texts = [7, .. "VBuffer"u8, 18, 8, .. "TextSpan"u8, 0, 1, 0, 0, 0];
        // Vectors, size, count (dense), indices, texts, ends, characters.
        byte[] Value(int vectors, int size, int count, int indices, int entries) =>
            [.. Bytes(vectors), .. Bytes(size), .. Bytes(count), .. Bytes(indices), .. Bytes(entries), .. Bytes(1), 1, .. "a"u8];
        byte[] type(int size) => [.. texts, .. Bytes(size)];

        Assert.IsNotNull(InspectedModels.Inspect(Zips.With(Zip, Schema, Annotated(type(1), Value(1, 1, -1, 0, 1)))));
        IsRefused("column 0, annotation 0, value, vectors", Annotated(type(1), Value(int.MaxValue, 1, -1, 0, 1)));
        IsRefused("column 0, annotation 0, value, size", Annotated(type(1), Value(1, int.MaxValue, -1, 0, 1)));
        IsRefused("column 0, annotation 0, value, indices", Annotated(type(1), Value(1, 1, -1, int.MaxValue, 1)));
        IsRefused("column 0, annotation 0, value, count", Annotated(type(1), Value(1, 1, int.MaxValue, 0, 1)));
        IsRefused("column 0, annotation 0, value, texts", Annotated(type(1), Value(1, 1, -1, 0, int.MaxValue)));
        IsRefused("column 0, annotation 0, value, texts", Annotated(type(int.MaxValue), Value(1, int.MaxValue, -1, 0, int.MaxValue)));
    }

    [TestMethod]
    public void Annotations_that_unpack_to_more_than_the_cap_are_refused()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(new byte[8 << 20]);

        var error = Assert.ThrowsExactly<ModelFileException>(() => InspectedModels.Inspect(
            Zips.With(Zip, Schema, Annotated([6, .. "Single"u8, 0], packed.ToArray(), deflated: 1))));
        Assert.AreEqual("column 0, annotation 0", error.Field);
        Assert.AreEqual("at most 4194304 bytes of annotations in all", error.Expected);
    }

    private static void IsRefused(string field, byte[] schema) =>
        Assert.AreEqual(Schema, RefusedModelTests.IsRefused(Zips.With(Zip, Schema, schema), field).Entry);

    private static byte[] Int32(int offset, int value)
    {
        var bytes = (byte[])Whole.Clone();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        return bytes;
    }

    /// <summary>A schema of one column of a type.</summary>
    private static byte[] Single(byte[] type) => File(annotations: [], type, annotationsAt: 0);

    /// <summary>A schema of one column of text with one annotation.</summary>
    private static byte[] Annotated(byte[] type, byte[] value, byte deflated = 0)
    {
        byte[] table = [1, 4, .. "Kind"u8, .. type, deflated, .. BitConverter.GetBytes(256L), .. Leb128(value.Length)];
        return File([.. value, .. table], [8, .. "TextSpan"u8, 0], 256 + value.Length);
    }

    private static byte[] File(byte[] annotations, byte[] type, long annotationsAt)
    {
        byte[] column = [1, .. "A"u8, .. type, 1, 1, .. BitConverter.GetBytes(256L), .. BitConverter.GetBytes(annotationsAt)];
        var header = new byte[256];
        Whole.AsSpan(0, 24).CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(TableAt), 256 + annotations.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(TailAt), 256 + annotations.Length + column.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(ColumnsAt), 1);
        return [.. header, .. annotations, .. column, .. Encoding.ASCII.GetBytes("\0BVD\0LMC")];
    }

    private static byte[] Bytes(int value) => BitConverter.GetBytes(value);

    private static byte[] Leb128(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
