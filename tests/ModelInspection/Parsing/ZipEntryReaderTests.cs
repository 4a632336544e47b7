using System.Buffers.Binary;
using System.IO.Compression;

namespace MlNetNtd.Tests;

/// <summary>An entry is read through a buffer: its content is found at every offset, and its declared sizes are checked.</summary>
[TestClass]
public sealed class ZipEntryReaderTests
{
    private const string ChainKey = "TransformerChain/Model.key";
    private const int UnpackedAt = 22;

    private static readonly byte[] Zip = InspectedModels.Stage();

    [TestMethod]
    public void Stage_bytes_longer_than_a_buffer_are_read_through()
    {
        // 160 KB of them: two pieces and a half.
        var view = Views.Known(Sequences.Pairs(1, 1, 40_000), 1, 40_000);
        var zip = SavedModels.Save(Transformers.Fit(view), view.Schema);

        Assert.ContainsSingle(stage => stage.LoaderSignature == "NextTokenDiscriminator", InspectedModels.Inspect(zip).Stages);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(8)]
    [DataRow(9)]
    public void Names_are_read_at_every_offset(int ownBytes)
    {
        // As much of the own bytes as is looked at comes with the header: eight bytes.
        var key = SavedModels.ReadKey(Zip);
        (key.Block, key.LoaderSignature) = (new byte[ownBytes], "Other");

        var options = new ModelFileOptions { AllowedStages = { "Other" } };
        var found = InspectedModels.Inspect(SavedModels.WithKey(Zip, key.ToBytes()), options).Stages.Single(stage => stage.LoaderSignature == "Other");

        Assert.AreEqual(key.AssemblyName, found.AssemblyName);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow((1 << 16) - 8)]
    [DataRow((1 << 16) - 7)]
    [DataRow((1 << 16) - 1)]
    [DataRow(1 << 16)]
    public void Header_inside_another_entry_is_found_at_its_offset(int place)
    {
        byte[] hidden = [.. new byte[place], .. "ML\0MODEL"u8, .. new byte[9]];

        var error = RefusedModelTests.IsRefused(Zips.With(Zip, "Elsewhere.bin", hidden), "content");

        Assert.AreEqual($"a model's header at byte {place}", error.Found);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    [DataRow(300)]
    public void Second_header_in_the_bytes_of_a_stage_is_found_at_its_offset(int place)
    {
        var key = SavedModels.ReadKey(Zip);
        key.Block = [.. new byte[place], .. "ML\0MODEL"u8];

        var error = RefusedModelTests.IsRefused(SavedModels.WithKey(Zip, key.ToBytes()), "content");

        Assert.AreEqual($"a model's header at byte {256 + place}", error.Found);
    }

    [TestMethod]
    public void Stage_of_no_bytes_is_refused() => RefusedModelTests.IsRefused(Zips.With(Zip, ChainKey, []), "Signature");

    [TestMethod]
    public void Name_with_an_invisible_character_is_refused() =>
        RefusedModelTests.IsRefused(Zips.With(Zip, "a\u0001b", [1]), "name of an entry");

    [TestMethod]
    public void Damaged_local_header_is_refused()
    {
        var zip = With("Elsewhere.bin", new byte[100]);
        zip[LocalHeader(zip, "Elsewhere.bin")] ^= 1;

        var error = RefusedModelTests.IsRefused(zip, "content");

        Assert.AreEqual(("Elsewhere.bin", "bytes that can be unpacked"), (error.Entry, error.Expected));
        Assert.IsInstanceOfType<InvalidDataException>(error.InnerException);
    }

    [TestMethod]
    public void Bytes_that_cannot_be_unpacked_are_refused()
    {
        var zip = With("Elsewhere.bin", [.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        // A block of a kind that there is not.
        zip[LocalHeader(zip, "Elsewhere.bin") + 30 + "Elsewhere.bin".Length] |= 0b110;

        var error = RefusedModelTests.IsRefused(zip, "content");

        Assert.AreEqual(("Elsewhere.bin", "bytes that can be unpacked"), (error.Entry, error.Expected));
        Assert.IsNotNull(error.InnerException);
    }

    [TestMethod]
    [DataRow("Elsewhere.bin")]
    [DataRow("Schema")]
    public void Entry_of_fewer_bytes_than_declared_is_refused(string name)
    {
        var content = name == "Schema" ? Zips.Entry(Zip, name) : new byte[100];
        var zip = With(name, content, CompressionLevel.Optimal);
        var (local, record) = (LocalHeader(zip, name), Record(zip, name));
        foreach (var place in new[] { local + UnpackedAt, record + UnpackedAt + 2 })
            BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(place), content.Length + 1);

        var error = RefusedModelTests.IsRefused(zip, "size");

        Assert.AreEqual((name, $"{content.Length + 1} bytes, as the zip declares", $"{content.Length}"), (error.Entry, error.Expected, error.Found));
    }

    private static byte[] With(string name, byte[] content, CompressionLevel level = CompressionLevel.Optimal) =>
        Zips.Write([.. Zips.Read(Zip).Where(entry => entry.Name != name), (name, content)], level);

    // Its first bytes, in front of the name: 30 of them; in the directory 46.
    private static int LocalHeader(byte[] zip, string name) => zip.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(name)) - 30;

    private static int Record(byte[] zip, string name) => zip.AsSpan().LastIndexOf(System.Text.Encoding.ASCII.GetBytes(name)) - 46;
}
