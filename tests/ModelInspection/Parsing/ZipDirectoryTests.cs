using System.Buffers.Binary;

namespace MlNetNtd.Tests;

/// <summary>The directory of a zip: a field that could be read in two ways is refused.</summary>
[TestClass]
public sealed class ZipDirectoryTests
{
    private const int EndBytes = 22;
    private const int RecordBytes = 46;

    // Two entries of one byte each, whose names are one letter: their records are the last thing before the end.
    private static readonly byte[] Good = Zips.Write([("a", [1]), ("b", [2])]);
    private static readonly int End = Good.Length - EndBytes;
    private static readonly int Start = End - 2 * (RecordBytes + 1);

    [TestMethod]
    public void Well_formed_directory_passes_up_to_the_limit_of_entries()
    {
        Check(Good, maxEntries: 2);
        Refused("entries", "1 to 1", "2", Good, maxEntries: 1);
    }

    [TestMethod]
    public void File_without_an_end_record_is_refused()
    {
        Refused("size", "at least 22 bytes", "21", new byte[21]);
        Refused("end", "the directory's end, and nothing but a comment behind it", "something else", new byte[22]);
        Refused("entries", "1 to 9", "0", Zips.Write([]));
    }

    [TestMethod]
    [DataRow(4, "2 entries of which 2 are on disk 1")]
    [DataRow(6, "2 entries of which 2 are on disk 0")]
    [DataRow(8, "2 entries of which 1 are on disk 0")]
    public void More_than_one_disk_is_refused(int offset, string found) => Refused("disks", "one", found, With(End + offset, (ushort)1));

    [TestMethod]
    public void Comment_of_the_wrong_length_or_with_another_end_record_is_refused()
    {
        Check([.. With(End + 20, (ushort)3), 1, 2, 3]);
        Refused("comment", "0 bytes, up to the end", "1", With(End + 20, (ushort)1));
        Refused("comment", "1 bytes, up to the end", "0", [.. Good, 0]);
        // .NET takes the last end that it finds: a directory in the comment is not hidden from the check.
        Refused("comment", "0 bytes, up to the end", "1", [.. With(End + 20, (ushort)22), .. With(End + 20, (ushort)1)[End..]]);
    }

    [TestMethod]
    public void Directory_larger_than_its_entries_is_refused()
    {
        const int Most = (1 << 20) + 20 * 256;
        Refused("directory", $"at most {Most} bytes", "1311650", LongComments(20), maxEntries: 20);
        Check(LongComments(10), maxEntries: 20);
    }

    [TestMethod]
    public void Misplaced_directory_is_refused()
    {
        Refused("directory", $"one that ends at byte {End}", $"94 bytes from byte {Start + 1}", With(End + 16, (uint)Start + 1));
        Refused("directory", $"one that ends at byte {End}", $"93 bytes from byte {Start}", With(End + 12, 93u));
    }

    [TestMethod]
    public void Wrong_number_of_records_is_refused()
    {
        Refused("record 2", "46 bytes", "0", Entries(3));
        Refused("directory", "1 records and nothing else", "47 bytes more", Entries(1));
    }

    [TestMethod]
    public void Malformed_record_is_refused()
    {
        Refused("record 0", "a whole record", "something else", With(Start, 0u));
        Refused("record 1", "a whole record", "something else", With(Start + RecordBytes + 1, 0u));
        // A name that goes beyond the directory.
        Refused("record 1", "a whole record", "something else", With(Start + RecordBytes + 1 + 28, (ushort)2));
    }

    [TestMethod]
    public void Empty_or_too_long_name_is_refused()
    {
        Refused("record 0, name", "1 to 1024 bytes", "0", With(Start + 28, (ushort)0));
        Check(Zips.Write([(new string('a', 1024), [1])]));
        Refused("record 0, name", "1 to 1024 bytes", "1025", Zips.Write([(new string('a', 1025), [1])]));
    }

    [TestMethod]
    public void Encrypted_or_otherwise_compressed_entry_is_refused()
    {
        Refused("record 0, flags", "an entry that is not encrypted", "one that is", With(Start + 8, (ushort)1));
        Refused("record 1, method", "0 (stored) or 8 (deflated)", "12", With(Start + RecordBytes + 1 + 10, (ushort)12));
        Check(With(Start + 10, (ushort)0));
    }

    [TestMethod]
    [DataRow(20, DisplayName = "Packed")]
    [DataRow(24, DisplayName = "Unpacked")]
    [DataRow(42, DisplayName = "Its place")]
    public void Zip64_sizes_are_refused(int offset)
    {
        Refused("record 0, offset", $"sizes of 32 bits, before byte {Start}", "others", With(Start + offset, uint.MaxValue));
        Check(With(Start + 20, uint.MaxValue - 1));
    }

    // It would be read from a record that the comment of the last entry can hide.
    [TestMethod]
    public void Zip64_directory_offset_is_refused() =>
        Refused("directory", "an offset of 32 bits", "one of 64", With(End + 16, uint.MaxValue));

    [TestMethod]
    public void Entry_offset_behind_the_directory_is_refused()
    {
        Check(With(Start + 42, (uint)Start));
        Refused("record 0, offset", $"sizes of 32 bits, before byte {Start}", "others", With(Start + 42, (uint)Start + 1));
    }

    [TestMethod]
    public void Record_may_have_extra_fields_and_a_comment()
    {
        // Each of another length, so that none can stand for another.
        byte[] more = [1, 2, 3, 4, 5];
        byte[] comment = [6, 7];
        var first = Good[Start..(Start + RecordBytes + 1)];
        BinaryPrimitives.WriteUInt16LittleEndian(first.AsSpan(30), (ushort)more.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(first.AsSpan(32), (ushort)comment.Length);
        byte[] zip = [.. Good[..Start], .. first, .. more, .. comment, .. Good[(Start + RecordBytes + 1)..]];
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(zip.Length - EndBytes + 12), (uint)(End - Start + more.Length + comment.Length));

        Check(zip);

        // A byte less: the second record is no longer where the first one ends.
        BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(Start + 32), (ushort)(comment.Length - 1));
        Refused("record 1", "a whole record", "something else", zip);
    }

    private static byte[] Entries(ushort count)
    {
        var zip = With(End + 8, count);
        BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(End + 10), count);
        return zip;
    }

    private static byte[] With(int offset, ushort value)
    {
        var zip = (byte[])Good.Clone();
        BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(offset), value);
        return zip;
    }

    private static byte[] With(int offset, uint value)
    {
        var zip = (byte[])Good.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(offset), value);
        return zip;
    }

    /// <summary>A zip of empty entries, each with a comment of 64 KiB.</summary>
    private static byte[] LongComments(int entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < entries; i++)
                archive.CreateEntry($"{i}").Comment = new string('c', ushort.MaxValue);
        }

        return stream.ToArray();
    }

    private static void Check(byte[] zip, int maxEntries = 9) => ZipDirectory.Check(new MemoryStream(zip), maxEntries);

    private static void Refused(string field, string expected, string found, byte[] zip, int maxEntries = 9)
    {
        var error = Assert.ThrowsExactly<ModelFileException>(() => Check(zip, maxEntries));
        Assert.AreEqual(("(zip)", field, expected, found), (error.Entry, error.Field, error.Expected, error.Found));
    }
}
