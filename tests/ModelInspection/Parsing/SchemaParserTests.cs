using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using static MlNetNtd.Tests.SchemaBytes;

namespace MlNetNtd.Tests;

/// <summary>The layout of a file of ML.NET's binary format: versions, offsets of its parts, and limits on their number.</summary>
[TestClass]
public sealed class SchemaParserTests
{
    private const int HeaderBytes = 256;
    private const int VersionAt = 8;
    private const int CompatibleAt = 16;
    private const int TableAt = 24;
    private const int TailAt = 32;
    private const int ColumnsAt = 48;

    private const ulong Oldest = 0x0001000100010004;
    private const ulong Newest = 0x0001000100010006;

    // Columns, and annotations of all columns together.
    private const int MaxItems = 50_000;

    private const int Cap = 1 << 20;

    private static readonly byte[] Byte = Type("Byte");

    [TestMethod]
    [DataRow(Oldest, Oldest)]
    [DataRow(Newest, Oldest)]
    [DataRow(Newest, Newest)]
    [DataRow(Newest + 1, Newest)]
    [DataRow(ulong.MaxValue, Oldest)]
    public void Readable_version_is_read(ulong version, ulong compatible) =>
        Assert.IsEmpty(Read(Versioned(version, compatible)));

    [TestMethod]
    [DataRow(Newest, Oldest - 1)]
    [DataRow(Newest + 1, Newest + 1)]
    [DataRow(Oldest, Newest)]
    [DataRow(Newest - 1, Newest)]
    [DataRow(0ul, 0ul)]
    public void Unreadable_version_is_refused(ulong version, ulong compatible) => IsRefused(
        Versioned(version, compatible), "CompatibleVersion", "0001000100010004 to 0001000100010006", $"{compatible:X16} in a file of {version:X16}");

    [TestMethod]
    public void Smallest_file_is_a_header_and_an_end_mark()
    {
        Assert.IsEmpty(Read(File(columns: 0, table: HeaderBytes)));

        IsRefused(File(columns: 0, table: HeaderBytes, headerBytes: HeaderBytes - 1), "TailOffset", "256 to 2147483647", "255");
    }

    [TestMethod]
    public void Columns_are_at_most_50_000()
    {
        byte[] columns = [.. Enumerable.Repeat(Column("", 0), MaxItems).SelectMany(bytes => bytes)];

        Assert.HasCount(MaxItems, Read(File(MaxItems, HeaderBytes, columns)));

        IsRefused(File(MaxItems + 1, HeaderBytes, columns), "ColumnCount", "0 to 50000", "50001");
    }

    [TestMethod]
    public void Column_table_lies_between_header_and_end()
    {
        var column = Column("A", 0);

        Assert.AreEqual("A", Read(File(1, HeaderBytes, column)).Single().Name);

        var tail = HeaderBytes + column.Length;
        IsRefused(File(1, HeaderBytes - 1, column), "TableOfContentsOffset", $"256 to {tail}", "255");
        IsRefused(File(1, tail + 1, column), "TableOfContentsOffset", $"256 to {tail}", $"{tail + 1}");
        // The mark at the end is no column.
        IsRefused(File(1, tail, column), "column 0, name", "at most 0 bytes, which are left", "1");
    }

    [TestMethod]
    public void Columns_have_blocks_of_one_size_and_a_known_compression()
    {
        Assert.HasCount(2, Read(File(2, HeaderBytes, [.. Column("A", 0, rows: 300), .. Column("B", 0, rows: 300)])));

        IsRefused(File(2, HeaderBytes, [.. Column("A", 0, rows: 300), .. Column("B", 0, rows: 301)]), "column 1, rows per block", "300", "301");
        IsRefused(File(1, HeaderBytes, Column("A", 0, compression: 2)), "column 0, compression", "0 to 1", "2");
    }

    [TestMethod]
    public void Annotations_lie_between_header_and_end()
    {
        var column = Column("A", 0);
        byte[] values = [5];
        var table = Table(Annotation("Kind", HeaderBytes));

        // In front of the table of columns, and behind it.
        var front = File(1, HeaderBytes + 1 + table.Length, [.. values, .. table, .. Column("A", HeaderBytes + 1)]);
        CollectionAssert.AreEqual(new[] { "Kind" }, Read(front).Single().Annotations.ToArray());
        var behind = HeaderBytes + 1 + column.Length;
        CollectionAssert.AreEqual(
            new[] { "Kind" },
            Read(File(1, HeaderBytes + 1, [.. values, .. Column("A", behind), .. table])).Single().Annotations.ToArray());

        var tail = HeaderBytes + column.Length;
        foreach (var place in new[] { -1, HeaderBytes - 1, tail + 1 })
            IsRefused(File(1, HeaderBytes, Column("A", place)), "column 0, annotations", $"256 to {tail}", $"{place}");
        IsRefused(File(1, HeaderBytes, Column("A", tail)), "column 0, annotations, count", "at most 0 bytes, which are left", "1");
    }

    [TestMethod]
    public void Table_of_annotations_is_not_empty() =>
        IsRefused(Annotated([0]), "column 0, annotations, count", "1 to 50000", "0");

    [TestMethod]
    public void Annotation_kind_has_a_unique_name()
    {
        CollectionAssert.AreEqual(
            new[] { "Kind", "kind" },
            Read(Annotated(Table(Annotation("Kind", HeaderBytes), Annotation("kind", HeaderBytes)))).Single().Annotations.ToArray());

        IsRefused(Annotated(Table(Annotation("", HeaderBytes))), "column 0, annotation 0, kind", "a name that is not taken", "''");
        IsRefused(
            Annotated(Table(Annotation("Kind", HeaderBytes), Annotation("Kind", HeaderBytes))),
            "column 0, annotation 1, kind",
            "a name that is not taken",
            "'Kind'");
    }

    [TestMethod]
    public void Annotation_value_lies_in_the_file_and_is_not_empty()
    {
        var table = Table(Annotation("Kind", HeaderBytes));
        var tail = HeaderBytes + 1 + table.Length + Column("A", 0).Length;

        foreach (var place in new[] { HeaderBytes - 1, tail + 1 })
            IsRefused(Annotated(Table(Annotation("Kind", place))), "column 0, annotation 0, offset", $"256 to {tail}", $"{place}");
        IsRefused(Annotated(Table(Annotation("Kind", tail))), "column 0, annotation 0, value", "at most 0 bytes, which are left", "1");
        IsRefused(Annotated(Table(Annotation("Kind", HeaderBytes, size: 0))), "column 0, annotation 0, size", "1 to 2147483647", "0");
        IsRefused(Annotated(Table(Annotation("Kind", HeaderBytes, compression: 2))), "column 0, annotation 0, compression", "0 to 1", "2");
    }

    [TestMethod]
    public void Annotations_are_at_most_50_000_in_all_columns_together()
    {
        // Two columns with tables of their own, and a third that has the second's: values of one byte, which all share.
        byte[] one = Table(Annotation("Kind", HeaderBytes));
        byte[] most = Table([.. Enumerable.Range(0, MaxItems - 1).Select(i => Annotation($"{i}", HeaderBytes))]);
        byte[] parts = [5, .. one, .. most];
        byte[] two = [.. Column("A", HeaderBytes + 1 + one.Length), .. Column("B", HeaderBytes + 1)];

        var columns = Read(File(2, HeaderBytes + parts.Length, [.. parts, .. two]));
        CollectionAssert.AreEqual(new[] { MaxItems - 1, 1 }, columns.Select(column => column.Annotations.Length).ToArray());

        IsRefused(
            File(3, HeaderBytes + parts.Length, [.. parts, .. two, .. Column("C", HeaderBytes + 1)]),
            "column 2, annotations, count",
            "a number of at most 0",
            "1");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Values_up_to_the_limit_are_accepted(bool deflated)
    {
        var value = new byte[3000];
        var packed = deflated ? Deflated(value) : value;
        // Packed bytes count like unpacked ones: both are work.
        var bytes = packed.Length + (deflated ? value.Length : 0);
        const int Values = 3;

        var exact = new AnnotationUnpacker(Values * bytes);
        for (var i = 0; i < Values; i++)
            Assert.IsTrue(exact.Unpack("Schema", "field", packed, deflated).SequenceEqual(value));

        var less = new AnnotationUnpacker(Values * bytes - 1);
        for (var i = 1; i < Values; i++)
            less.Unpack("Schema", "field", packed, deflated);
        IsRefused(() => less.Unpack("Schema", "field", packed, deflated), "field", $"at most {Values * bytes - 1} bytes of annotations in all", "more");
    }

    [TestMethod]
    public void Bytes_that_cannot_be_unpacked_are_refused()
    {
        // A block of a kind that deflate does not have.
        var error = Assert.ThrowsExactly<ModelFileException>(() => new AnnotationUnpacker(Cap).Unpack("Schema", "field", [0xFF, 0xFF], deflated: true));

        Assert.AreEqual(("Schema", "field", "bytes that can be unpacked"), (error.Entry, error.Field, error.Expected));
        Assert.IsInstanceOfType<InvalidDataException>(error.InnerException);
        Assert.AreEqual(error.InnerException.Message, error.Found);
    }

    /// <summary>A column of bytes.</summary>
    private static byte[] Column(string name, long annotations, byte compression = 1, int rows = 1) =>
        [.. Text(name), .. Byte, compression, .. Leb128(rows), .. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(annotations)];

    /// <summary>A table of annotations.</summary>
    private static byte[] Table(params byte[][] annotations) => [.. Leb128(annotations.Length), .. annotations.SelectMany(bytes => bytes)];

    /// <summary>An annotation of one byte that stands elsewhere.</summary>
    private static byte[] Annotation(string kind, long place, int size = 1, byte compression = 0) =>
        [.. Text(kind), .. Byte, compression, .. BitConverter.GetBytes(place), .. Leb128(size)];

    /// <summary>A file of one column behind the table of its annotations, behind a byte for them.</summary>
    private static byte[] Annotated(byte[] table) => File(1, HeaderBytes + 1 + table.Length, [5, .. table, .. Column("A", HeaderBytes + 1)]);

    private static byte[] Versioned(ulong version, ulong compatible)
    {
        var file = File(columns: 0, table: HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(VersionAt), version);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(CompatibleAt), compatible);
        return file;
    }

    private static byte[] File(int columns, long table, byte[]? parts = null, int headerBytes = HeaderBytes)
    {
        var header = new byte[headerBytes];
        "CML\0DVB\0"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(VersionAt), Newest);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(CompatibleAt), Oldest);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(TableAt), table);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(TailAt), headerBytes + (parts?.Length ?? 0));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(ColumnsAt), columns);
        return [.. header, .. parts ?? [], .. Encoding.ASCII.GetBytes("\0BVD\0LMC")];
    }

    private static byte[] Deflated(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(bytes);
        return packed.ToArray();
    }

    private static ImmutableArray<ModelFileColumn> Read(byte[] file) => SchemaParser.Read("Schema", file, new AnnotationUnpacker(Cap));

    private static void IsRefused(byte[] file, string field, string expected, string found) => IsRefused(() => Read(file), field, expected, found);

    private static void IsRefused(Action read, string field, string expected, string found)
    {
        var error = Assert.ThrowsExactly<ModelFileException>(read);
        Assert.AreEqual(("Schema", field, expected, found), (error.Entry, error.Field, error.Expected, error.Found));
    }
}
