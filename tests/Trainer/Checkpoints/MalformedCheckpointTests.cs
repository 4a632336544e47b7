using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MlNetNtd.Tests;

/// <summary>Files with a correct checksum and malformed content are refused with an error that says what is wrong.</summary>
[TestClass]
public sealed class MalformedCheckpointTests
{
    private const string Good = """{"Identity":[["rows","3"]],"Lengths":[1,2],"State":{"Epoch":2}}""";

    [TestMethod]
    public void Well_formed_content_is_read() => TemporaryFile.Use(path =>
    {
        Write(path, Good, 1, 2, 3);
        var found = CheckpointFile.Read(path);

        CollectionAssert.AreEqual(new[] { ("rows", "3") }, found.Fingerprint.Properties.ToArray());
        CollectionAssert.AreEqual(new[] { 1f }, found.Arrays[0]);
        CollectionAssert.AreEqual(new[] { 2f, 3f }, found.Arrays[1]);
        Assert.AreEqual(2, found.ReadState<TrainingState>().Epoch);
    });

    [TestMethod]
    public void Impossible_header_length_is_refused()
    {
        foreach (var length in new[] { -1, int.MinValue, 13, int.MaxValue })
            Refused(Content(length, new byte[12]), $"its checksum is right, but what it holds is not: expected a head of at most 12 bytes, found {length}.");
        // A head of nothing is no JSON.
        var problem = Refused(Content(0, []), "its checksum is right, but what it holds is not: ");
        Assert.DoesNotContain("expected a head of", problem);
    }

    [TestMethod]
    [DataRow("null")]
    [DataRow("""{"Identity":null,"Lengths":[],"State":{}}""")]
    [DataRow("""{"Identity":[],"Lengths":null,"State":{}}""")]
    [DataRow("""{"Identity":[["a"]],"Lengths":[],"State":{}}""")]
    [DataRow("""{"Identity":[["a","b"],["c",null]],"Lengths":[],"State":{}}""")]
    [DataRow("""{"Identity":[[null,"b"],["c","d"]],"Lengths":[],"State":{}}""")]
    [DataRow("""{"Identity":[["a","b","c"]],"Lengths":[],"State":{}}""")]
    public void Header_without_fingerprint_or_lengths_is_refused(string head) => Refused(Content(head), "expected facts, lengths and a state in the head");

    [TestMethod]
    public void Repeated_fingerprint_property_is_refused() =>
        Refused(Content("""{"Identity":[["a","b"],["a","c"]],"Lengths":[],"State":{}}"""), "expected each fact once");

    [TestMethod]
    [DataRow("[1]")]
    [DataRow("[1,1,1]")]
    [DataRow("[]")]
    [DataRow("[-1,3]")]
    [DataRow("[-1,-1]")]
    [DataRow("[3,-1]")]
    public void Array_of_another_length_than_stated_is_refused(string lengths) => Refused(
        Content($$"""{"Identity":[],"Lengths":{{lengths}},"State":{} }""", 1, 2), "expected arrays of 8 bytes together, found others");

    /// <summary>Down to the first eight bytes, which say what it is.</summary>
    [TestMethod]
    public void File_too_short_for_a_header_is_reported_as_truncated()
    {
        var whole = Content(Good);
        TemporaryFile.Use(path =>
        {
            File.WriteAllBytes(path, whole[..8]);
            Expect.Error<FormatException>(() => CheckpointFile.Read(path), "damaged or was cut off");
            File.WriteAllBytes(path, whole[..7]);
            Expect.Error<FormatException>(() => CheckpointFile.Read(path), "a file of another kind");
        });
        foreach (var length in new[] { 8, 9, 11 })
            Refused(whole[..length], "damaged or was cut off");
    }

    private static byte[] Content(string head, params float[] values) => Content(Encoding.UTF8.GetByteCount(head), Encoding.UTF8.GetBytes(head), values);

    private static byte[] Content(int length, byte[] head, params float[] values)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return [.. "NTDCKPT\u0002"u8, .. bytes, .. head, .. MemoryMarshal.AsBytes(values.AsSpan())];
    }

    private static void Write(string path, string head, params float[] values) => Write(path, Content(head, values));

    private static void Write(string path, byte[] content) => File.WriteAllBytes(path, [.. content, .. SHA256.HashData(content)]);

    private static string Refused(byte[] content, string phrase)
    {
        var message = "";
        TemporaryFile.Use(path =>
        {
            Write(path, content);
            message = Expect.Error<FormatException>(() => CheckpointFile.Read(path), path, phrase, "The file is left as it is.").Message;
        });
        return message;
    }
}
