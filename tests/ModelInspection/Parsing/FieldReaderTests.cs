using System.Text;

namespace MlNetNtd.Tests;

/// <summary>Fields of an entry are read up to its last byte and no further, and an error names field, expected and found value.</summary>
[TestClass]
public sealed class FieldReaderTests
{
    private const int MaxLeb128Bytes = 10;

    private static readonly byte[] Four = [1, 2, 3, 4];

    private delegate T Reading<T>(ref FieldReader reader);

    [TestMethod]
    public void Fields_are_read_up_to_the_last_byte()
    {
        var reader = new FieldReader("Entry", Four);

        Assert.IsTrue(reader.Bytes("first", 3).SequenceEqual(Four.AsSpan(0, 3)));
        Assert.AreEqual((3, 1), (reader.Position, reader.Left));
        Assert.AreEqual(4, reader.Byte("last"));
        Assert.AreEqual((4, 0), (reader.Position, reader.Left));
        Assert.IsTrue(reader.Bytes("none", 0).IsEmpty);
        Assert.AreEqual((4, 0), (reader.Position, reader.Left));
    }

    [TestMethod]
    [DataRow(5L)]
    [DataRow(-1L)]
    [DataRow(long.MaxValue)]
    [DataRow(long.MinValue)]
    [DataRow((1L << 32) + 1)]
    public void Read_beyond_the_end_is_refused(long count) =>
        IsRefused(Four, (ref FieldReader reader) => reader.Bytes("field", count).Length, "at most 4 bytes, which are left", $"{count}");

    [TestMethod]
    public void Error_prefixes_the_field_with_the_current_part()
    {
        var error = Refused(Four, (ref FieldReader reader) =>
        {
            reader.Part = "column 7";
            return reader.Int64("place");
        });

        Assert.AreEqual("Model file refused: Entry, column 7, place: expected at most 4 bytes, which are left, found 8.", error.Message);
    }

    [TestMethod]
    [DataRow(0L, new byte[] { 0 })]
    [DataRow(127L, new byte[] { 0x7F })]
    [DataRow(128L, new byte[] { 0x80, 1 })]
    [DataRow(624485L, new byte[] { 0xE5, 0x8E, 0x26 })]
    [DataRow((long)int.MaxValue, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 7 })]
    [DataRow(long.MaxValue, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })]
    [DataRow(1L, new byte[] { 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0 })]
    public void Seven_bit_number_up_to_the_maximum_is_read(long value, byte[] bytes)
    {
        foreach (var largest in new[] { value, long.MaxValue })
        {
            var reader = new FieldReader("Entry", bytes);
            Assert.AreEqual(value, reader.Leb128("number", largest));
            Assert.AreEqual(0, reader.Left);
        }
    }

    [TestMethod]
    [DataRow(0L, "1", new byte[] { 1 })]
    [DataRow(127L, "128", new byte[] { 0x80, 1 })]
    [DataRow((long)int.MaxValue, "2147483648", new byte[] { 0x80, 0x80, 0x80, 0x80, 8 })]
    [DataRow(long.MaxValue, "9223372036854775808", new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1 })]
    [DataRow(0L, "18446744073709551616", new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2 }, DisplayName = "A number of 65 bits, of which 64 are 0")]
    [DataRow(long.MaxValue, "1180591620717411303423", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })]
    public void Seven_bit_number_above_the_maximum_is_refused_by_value(long largest, string found, byte[] bytes) =>
        IsRefused(bytes, (ref FieldReader reader) => reader.Leb128("field", largest), $"a number of at most {largest}", found);

    [TestMethod]
    [DataRow(0)]
    [DataRow(0x7F)]
    public void Seven_bit_number_of_more_than_ten_bytes_is_refused(int bits)
    {
        var goesOn = Enumerable.Repeat((byte)(0x80 | bits), MaxLeb128Bytes);
        byte[] bytes = [.. goesOn, 0];

        IsRefused(bytes, (ref FieldReader reader) => reader.Leb128("field", int.MaxValue), "a number of at most 2147483647", "one that does not end");
    }

    [TestMethod]
    public void Seven_bit_number_cut_off_is_refused() =>
        IsRefused([0x80, 0x80], (ref FieldReader reader) => reader.Leb128("field", int.MaxValue), "at most 0 bytes, which are left", "1");

    [TestMethod]
    [DataRow("")]
    [DataRow("Name")]
    [DataRow("ｎäme 𝔘")]
    [DataRow("\uFEFFName", DisplayName = "A mark of the byte order, which is part of the text")]
    public void Text_is_read_after_its_length_in_bytes(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var reader = new FieldReader("Entry", [(byte)utf8.Length, .. utf8, 0xFF]);

        Assert.AreEqual(text, reader.Text("text"));
        Assert.AreEqual(1, reader.Left);
    }

    [TestMethod]
    [DataRow(new byte[] { 0xFF })]
    [DataRow(new byte[] { (byte)'a', 0x80 })]
    [DataRow(new byte[] { 0xC3 }, DisplayName = "A character cut short")]
    [DataRow(new byte[] { 0xC0, 0x80 }, DisplayName = "A character written longer than it is")]
    [DataRow(new byte[] { 0xED, 0xA0, 0x80 }, DisplayName = "Half of a pair of UTF-16")]
    public void Text_that_is_not_UTF_8_is_refused(byte[] text)
    {
        var error = IsRefused([(byte)text.Length, .. text], (ref FieldReader reader) => reader.Text("field"), "text in UTF-8", "bytes that are none");
        Assert.IsInstanceOfType<DecoderFallbackException>(error.InnerException);
    }

    [TestMethod]
    public void Text_longer_than_the_rest_is_refused() =>
        IsRefused([4, .. "abc"u8], (ref FieldReader reader) => reader.Text("field"), "at most 3 bytes, which are left", "4");

    [TestMethod]
    [DataRow(0, 4)]
    [DataRow(3, 1)]
    [DataRow(4, 0)]
    public void Seek_within_the_entry_or_to_its_end_succeeds(int place, int left)
    {
        var reader = new FieldReader("Entry", Four);
        reader.Int32("all");

        reader.Seek("place", place);

        Assert.AreEqual((place, left), (reader.Position, reader.Left));
    }

    [TestMethod]
    [DataRow(-1L)]
    [DataRow(5L)]
    [DataRow(1L << 32)]
    public void Seek_out_of_the_entry_is_refused(long place) => IsRefused(
        Four,
        (ref FieldReader reader) =>
        {
            reader.Seek("field", place);
            return reader.Position;
        },
        "a position within 4 bytes",
        $"{place}");

    [TestMethod]
    [DataRow(3L, 5L, 3L)]
    [DataRow(3L, 5L, 5L)]
    [DataRow(5L, 5L, 5L)]
    public void Number_at_the_limits_of_its_range_is_accepted(long smallest, long largest, long number) =>
        Assert.AreEqual(number, new FieldReader("Entry", Four).InRange("field", smallest, largest, number));

    [TestMethod]
    [DataRow(3L, 5L, 2L, "3 to 5")]
    [DataRow(3L, 5L, 6L, "3 to 5")]
    [DataRow(5L, 5L, 6L, "5 to 5")]
    [DataRow(5L, 4L, 5L, "none, for which there is no room")]
    [DataRow(5L, 4L, 4L, "none, for which there is no room")]
    public void Number_out_of_range_is_refused(long smallest, long largest, long number, string expected) =>
        IsRefused(Four, (ref FieldReader reader) => reader.InRange("field", smallest, largest, number), expected, $"{number}");

    private static ModelFileException IsRefused<T>(byte[] bytes, Reading<T> read, string expected, string found)
    {
        var error = Refused(bytes, read);
        Assert.AreEqual(("Entry", "field", expected, found), (error.Entry, error.Field, error.Expected, error.Found));
        return error;
    }

    private static ModelFileException Refused<T>(byte[] bytes, Reading<T> read) => Assert.ThrowsExactly<ModelFileException>(() =>
    {
        var reader = new FieldReader("Entry", bytes);
        read(ref reader);
    });
}
