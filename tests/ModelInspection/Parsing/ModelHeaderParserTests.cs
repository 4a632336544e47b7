using System.Buffers.Binary;

namespace MlNetNtd.Tests;

/// <summary>
/// The header before the bytes of a stage: each offset is the end of the part before, and no part is longer than the rest of the entry.
/// </summary>
[TestClass]
public sealed class ModelHeaderParserTests
{
    private const string Entry = "Stage/Model.key";
    private const int WrittenAt = 0x08;
    private const int ReadableAt = 0x0C;
    private const int ModelAt = 0x10;
    private const int ModelBytesAt = 0x18;
    private const int TableAt = 0x20;
    private const int TableBytesAt = 0x28;
    private const int CharactersAt = 0x30;
    private const int CharacterBytesAt = 0x38;
    private const int TailAt = 0x80;
    private const int EndAt = 0x88;
    private const int AssemblyAt = 0x90;
    private const int AssemblyBytesAt = 0x98;

    // Own bytes 256 to 260, two strings of 4 and 2 bytes: ends to 276, characters to 282; an assembly to 284, the mark to 292.
    private static readonly byte[] Good = Make(["ab", "c"], "x");
    private static readonly byte[] Nameless = Make([], "");

    [TestMethod]
    public void Well_formed_header_is_read()
    {
        var header = ModelHeaderParser.Read(Entry, Good, Good.Length);

        Assert.AreEqual(292, Good.Length);
        Assert.AreEqual((4L, 260L, 2), (header.ModelBytes, header.Names, header.Strings));
        Assert.AreEqual(("Loader", "", "NTDTESTS", 0x00010003u), (header.LoaderSignature, header.OtherLoaderSignature, header.ModelSignature, header.ModelVersion));
        Assert.AreEqual("x", header.ReadNames(Entry, Good.AsSpan(260)));
        Assert.AreEqual("ab", header.String(Entry, Good.AsSpan(260), 0));
        Assert.AreEqual("c", header.String(Entry, Good.AsSpan(260), 1));
    }

    [TestMethod]
    public void Header_without_strings_and_assembly_names_none()
    {
        var header = ModelHeaderParser.Read(Entry, Nameless, Nameless.Length);

        Assert.AreEqual(0, header.Strings);
        Assert.IsNull(header.ReadNames(Entry, Nameless.AsSpan((int)header.Names)));
    }

    [TestMethod]
    [DataRow(0L, "Signature", "a model's header", "something else", 0)]
    [DataRow(0x00010000L, "VerWritten", "65537 to 4294967295", "65536", WrittenAt)]
    [DataRow(0x00010003L, "VerReadable", "0 to 65538", "65539", ReadableAt)]
    public void Wrong_signature_or_version_is_refused(long value, string field, string expected, string found, int offset) =>
        Refused(field, expected, found, header => BinaryPrimitives.WriteUInt32LittleEndian(header[offset..], (uint)value));

    [TestMethod]
    public void Assembly_in_a_version_without_assemblies_is_refused() => Refused("VerWritten", "65538 to 4294967295", "65537", header =>
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header[WrittenAt..], 0x00010001);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ReadableAt..], 0x00010001);
    });

    [TestMethod]
    public void Newer_version_that_older_ones_can_read_is_accepted()
    {
        var header = (byte[])Good.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(WrittenAt), 0x00010005);
        Assert.AreEqual(2, ModelHeaderParser.Read(Entry, header, header.Length).Strings);

        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(ReadableAt), 0x00010003);
        Assert.ThrowsExactly<ModelFileException>(() => ModelHeaderParser.Read(Entry, header, header.Length));
    }

    [TestMethod]
    [DataRow(ModelAt, 255L, "FpModel", "256")]
    [DataRow(ModelAt, 257L, "FpModel", "256")]
    [DataRow(ModelBytesAt, -1L, "CbModel", "0 to 28")]
    [DataRow(ModelBytesAt, 29L, "CbModel", "0 to 28")]
    [DataRow(TableAt, 261L, "FpStringTable", "260")]
    [DataRow(TableBytesAt, 7L, "CbStringTable", "8 to 24")]
    [DataRow(TableBytesAt, 25L, "CbStringTable", "8 to 24")]
    [DataRow(TableBytesAt, 17L, "CbStringTable, odd bytes", "0")]
    [DataRow(CharactersAt, 275L, "FpStringChars", "276")]
    [DataRow(CharacterBytesAt, -2L, "CbStringChars", "0 to 8")]
    [DataRow(CharacterBytesAt, 9L, "CbStringChars", "0 to 8")]
    [DataRow(CharacterBytesAt, 7L, "CbStringChars, odd bytes", "0")]
    [DataRow(AssemblyAt, 283L, "FpAssemblyName", "282")]
    [DataRow(TailAt, 285L, "FpTail", "284")]
    [DataRow(EndAt, 291L, "FpLim", "292")]
    public void Wrong_offset_or_size_is_refused(int offset, long value, string field, string expected) =>
        Refused(field, expected, $"{(field.EndsWith("odd bytes", StringComparison.Ordinal) ? 1 : value)}", header => BinaryPrimitives.WriteInt64LittleEndian(header[offset..], value));

    [TestMethod]
    [DataRow(1u, "CbAssemblyName, odd bytes", "0", "1")]
    [DataRow(3u, "CbAssemblyName", "0 to 2", "3")]
    [DataRow(uint.MaxValue, "CbAssemblyName", "0 to 2", "4294967295")]
    public void Assembly_name_of_the_wrong_size_is_refused(uint bytes, string field, string expected, string found) =>
        Refused(field, expected, found, header => BinaryPrimitives.WriteUInt32LittleEndian(header[AssemblyBytesAt..], bytes));

    [TestMethod]
    public void Assembly_name_with_a_size_and_no_offset_is_refused() => Refused("CbAssemblyName", "0 to 0", "2", header => header.Slice(AssemblyAt, sizeof(long)).Clear());

    [TestMethod]
    public void Invalid_assembly_name_is_refused()
    {
        var longest = Make([], new string('x', 1024));
        Assert.AreEqual(1024, ModelHeaderParser.Read(Entry, longest, longest.Length).ReadNames(Entry, longest.AsSpan(260))!.Length);

        var longer = Make([], new string('x', 1025));
        var error = Assert.ThrowsExactly<ModelFileException>(() => ModelHeaderParser.Read(Entry, longer, longer.Length));
        Assert.AreEqual(("CbAssemblyName", "0 to 2048", "2050"), (error.Field, error.Expected, error.Found));
    }

    [TestMethod]
    [DataRow(TableBytesAt, "CbStringTable")]
    [DataRow(CharactersAt, "FpStringChars")]
    [DataRow(CharacterBytesAt, "CbStringChars")]
    public void Strings_with_a_part_and_no_offset_are_refused(int offset, string field)
    {
        var header = (byte[])Nameless.Clone();
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(offset), 8);

        var error = Assert.ThrowsExactly<ModelFileException>(() => ModelHeaderParser.Read(Entry, header, header.Length));
        Assert.AreEqual((field, "0", "8"), (error.Field, error.Expected, error.Found));
    }

    [TestMethod]
    public void Entry_of_another_size_than_stated_is_refused()
    {
        foreach (var size in new[] { Good.Length + 1, Good.Length + 100 })
        {
            var error = Assert.ThrowsExactly<ModelFileException>(() => ModelHeaderParser.Read(Entry, Good, size));
            Assert.AreEqual(("FpLim, against the entry's size", $"{size}", "292"), (error.Field, error.Expected, error.Found));
        }
    }

    [TestMethod]
    public void Too_many_bytes_of_names_are_refused()
    {
        // The header alone is looked at: two strings, an assembly and a mark take 32 bytes.
        const long Most = 8 << 20;
        Assert.AreEqual(2, Read(Most - 32).Strings);

        var error = Assert.ThrowsExactly<ModelFileException>(() => Read(Most - 30));
        Assert.AreEqual(("names", $"0 to {Most}", $"{Most + 2}"), (error.Field, error.Expected, error.Found));

        static ModelHeaderParser Read(long more)
        {
            var header = (byte[])Good.Clone();
            foreach (var place in new[] { CharacterBytesAt, AssemblyAt, TailAt, EndAt })
                Add(header, place, more);
            return ModelHeaderParser.Read(Entry, header, Good.Length + more);
        }
    }

    [TestMethod]
    [DataRow(3L, 6L, "an end from 0 to 6", "3", DisplayName = "Half a character")]
    [DataRow(-2L, 6L, "an end from 0 to 6", "-2", DisplayName = "Before the first")]
    [DataRow(8L, 6L, "an end from 0 to 6", "8", DisplayName = "Behind the last")]
    [DataRow(4L, 2L, "an end from 4 to 6", "2", DisplayName = "Before the one before it")]
    public void String_ends_out_of_order_are_refused(long first, long second, string expected, string found) =>
        RefusedNames("strings", expected, found, first, second);

    [TestMethod]
    public void Strings_longer_than_their_table_are_refused() => RefusedNames("strings, end of the last", "6", "4", 2, 4);

    [TestMethod]
    public void Strings_may_be_empty()
    {
        var header = ModelHeaderParser.Read(Entry, Good, Good.Length);
        var names = Ends(6, 6);

        Assert.AreEqual("x", header.ReadNames(Entry, names));
        Assert.AreEqual("abc", header.String(Entry, names, 0));
        Assert.AreEqual("", header.String(Entry, names, 1));
    }

    [TestMethod]
    public void Every_string_is_read()
    {
        string[] strings = ["a", "bb", "", "ccc"];
        var file = Make(strings, "x");
        var header = ModelHeaderParser.Read(Entry, file, file.Length);

        CollectionAssert.AreEqual(strings, Enumerable.Range(0, 4).Select(index => header.String(Entry, file.AsSpan(260), index)).ToArray());
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(2)]
    public void Missing_string_is_refused(int index)
    {
        var header = ModelHeaderParser.Read(Entry, Good, Good.Length);

        var error = Assert.ThrowsExactly<ModelFileException>(() => header.String(Entry, Good.AsSpan(260), index));
        Assert.AreEqual(("reference to a string", "0 to 1", $"{index}"), (error.Field, error.Expected, error.Found));
    }

    [TestMethod]
    public void Wrong_end_mark_is_refused()
    {
        var header = ModelHeaderParser.Read(Entry, Good, Good.Length);
        var names = Good[260..];
        names[^1] ^= 1;

        var error = Assert.ThrowsExactly<ModelFileException>(() => header.ReadNames(Entry, names));
        Assert.AreEqual(("tail", "the mark at the end", "something else"), (error.Field, error.Expected, error.Found));
    }

    private static byte[] Make(IEnumerable<string> strings, string assembly)
    {
        var key = SavedModels.ReadKey(InspectedModels.Stage());
        (key.Block, key.AssemblyName, key.ModelSignature) = ([1, 2, 3, 4], assembly, "NTDTESTS");
        (key.VersionWritten, key.LoaderSignature) = (0x00010003, "Loader");
        key.Strings.Clear();
        key.Strings.AddRange(strings);
        return key.ToBytes();
    }

    private static byte[] Ends(long first, long second)
    {
        var names = Good[260..];
        BinaryPrimitives.WriteInt64LittleEndian(names, first);
        BinaryPrimitives.WriteInt64LittleEndian(names.AsSpan(sizeof(long)), second);
        return names;
    }

    private static void Add(byte[] header, int offset, long more) =>
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(offset), BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(offset)) + more);

    private static void RefusedNames(string field, string expected, string found, long first, long second)
    {
        var header = ModelHeaderParser.Read(Entry, Good, Good.Length);

        var error = Assert.ThrowsExactly<ModelFileException>(() => header.ReadNames(Entry, Ends(first, second)));
        Assert.AreEqual((Entry, field, expected, found), (error.Entry, error.Field, error.Expected, error.Found));
    }

    private static void Refused(string field, string expected, string found, Damage damage)
    {
        var header = (byte[])Good.Clone();
        damage(header);

        var error = Assert.ThrowsExactly<ModelFileException>(() => ModelHeaderParser.Read(Entry, header, header.Length));
        Assert.AreEqual((Entry, field, expected, found), (error.Entry, error.Field, error.Expected, error.Found));
    }

    private delegate void Damage(Span<byte> header);
}
