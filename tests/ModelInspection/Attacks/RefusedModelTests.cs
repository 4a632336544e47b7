using System.Buffers.Binary;
using System.Reflection;

namespace MlNetNtd.Tests;

/// <summary>Models that <see cref="ModelFileInspector"/> refuses, and its errors.</summary>
[TestClass]
public sealed class RefusedModelTests
{
    private const string ChainKey = "TransformerChain/Model.key";

    // Where the chain's own bytes begin: with the number of its stages.
    private const int BlockAt = 256;

    private static readonly byte[] Zip = InspectedModels.Chain();

    [TestMethod]
    public void Assembly_that_is_not_allowed_is_refused_and_not_loaded()
    {
        var key = SavedModels.ReadKey(Zip);
        key.AssemblyName = "Elsewhere, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null";
        var zip = SavedModels.WithKey(Zip, key.ToBytes());
        var loaded = new List<string?>();
        Assembly? Watch(object? sender, ResolveEventArgs asked)
        {
            loaded.Add(asked.Name);
            return null;
        }

        AppDomain.CurrentDomain.AssemblyResolve += Watch;
        try
        {
            var error = IsRefused(zip, "assembly name");
            Assert.AreEqual($"'{key.AssemblyName}'", error.Found);
            StringAssert.Contains(error.Entry, "Transform_000");
            Assert.IsEmpty(loaded);

            // ML.NET asks the runtime for it.
            Assert.Throws<Exception>(() => SavedModels.Load(zip));
            CollectionAssert.Contains(loaded, key.AssemblyName);
        }
        finally
        {
            AppDomain.CurrentDomain.AssemblyResolve -= Watch;
        }

        var options = new ModelFileOptions();
        options.AllowedAssemblies.Add("elsewhere");
        Assert.AreEqual(key.AssemblyName, InspectedModels.Inspect(zip, options).Stages.Single(stage => stage.LoaderSignature == key.LoaderSignature).AssemblyName);
    }

    [TestMethod]
    [DataRow("Microsoft.ML.Data\\, Elsewhere")]
    [DataRow("\"Microsoft.ML.Data, Elsewhere\"")]
    [DataRow("Microsoft.ML.Data/../Elsewhere")]
    [DataRow("Microsoft.ML.Data, Version=5.0.0.0, Culture=neueral, PublicKeyToken=cc7b13ffcd2ddd51")]
    public void Ambiguous_assembly_name_is_refused(string name)
    {
        var key = SavedModels.ReadKey(Zip);
        key.AssemblyName = name;

        IsRefused(SavedModels.WithKey(Zip, key.ToBytes()), "assembly name");
    }

    [TestMethod]
    public void Assembly_of_a_custom_mapping_is_refused_unless_it_is_allowed()
    {
        var key = SavedModels.ReadKey(Zip);
        (key.LoaderSignature, key.ModelSignature, key.VersionWritten, key.AssemblyName) = ("CustomTransformer", "CUSTOMXF", 0x00010002, "Microsoft.ML.Transforms");
        key.Strings.Clear();
        key.Strings.AddRange(["contract", "Elsewhere, Version=1.0.0.0"]);
        key.Block = [0, 0, 0, 0, 1, 0, 0, 0];
        var zip = SavedModels.WithKey(Zip, key.ToBytes());

        Assert.AreEqual("'Elsewhere, Version=1.0.0.0'", IsRefused(zip, "assembly of the contract").Found);
        var options = new ModelFileOptions();
        options.AllowedAssemblies.Add("Elsewhere");
        Assert.IsNotNull(InspectedModels.Inspect(zip, options));
    }

    /// <summary>ML.NET takes the second name of a loader where what the first makes is not what it looks for.</summary>
    [TestMethod]
    public void Second_loader_name_is_checked_like_the_first()
    {
        var key = SavedModels.ReadKey(Zip);
        (key.LoaderSignature, key.VersionWritten, key.AssemblyName) = ("CopyTransform", 0x00010002, "Microsoft.ML.Data");
        key.Strings.Clear();
        key.Strings.AddRange(["contract", "Elsewhere, Version=1.0.0.0"]);
        key.Block = [0, 0, 0, 0, 1, 0, 0, 0];
        IsRefused(SavedModels.WithKey(Zip, WithSecondLoader(key.ToBytes(), " customtransformer")), "assembly of the contract");

        const string Copy = "TransformerChain/Transform_001/Model.key";
        Assert.AreEqual("'LdaTransform'", IsRefused(Zips.With(Zip, Copy, WithSecondLoader(Zips.Entry(Zip, Copy), "LdaTransform")), "second loader").Found);
        IsRefused(Zips.With(Zip, Copy, WithSecondLoader(Zips.Entry(Zip, Copy), "KeyToValueTransform")), "second loader");
        Assert.IsNotNull(InspectedModels.Inspect(Zips.With(Zip, Copy, WithSecondLoader(Zips.Entry(Zip, Copy), "copytransform "))));
    }

    [TestMethod]
    public void Chain_with_fewer_stages_than_stated_is_refused()
    {
        foreach (var count in new[] { -1, 1 << 10, 1 << 30, int.MaxValue })
            IsRefused(WithInt32(ChainKey, BlockAt, count), "stages");
        foreach (var count in new[] { 4, 6 })
            IsRefused(WithInt32(ChainKey, BlockAt, count), "stages, bytes");
        IsRefused(Zips.Without(Zip, "TransformerChain/Transform_001/Model.key"), "parts");
    }

    [TestMethod]
    public void MLNet_allocates_by_the_stated_number_of_stages()
    {
        // When it no longer does, docs/security.md has to say so.
        var zip = WithInt32(ChainKey, BlockAt, 8 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<Exception>(() => SavedModels.Load(zip));
        Assert.IsGreaterThan(12L * (8 << 20), GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Header_whose_sums_overflow_is_refused()
    {
        // The places follow one another, and the last of them is beyond what a number holds, which makes the file long enough for
        // ML.NET: it would allocate 8 GiB for the table of strings and read on for ever.
        var header = Zips.Entry(Zip, ChainKey);
        const long Table = 8L << 30;
        const uint Assembly = 4_000_000_000;
        const long Model = long.MaxValue - BlockAt - Table - (Assembly - 100);
        const long End = BlockAt + Model + Table;
        long[] places = [Model, BlockAt + Model, Table, End, 0];
        for (var i = 0; i < places.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x18 + i * sizeof(long)), places[i]);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x80), unchecked(End + Assembly));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x88), unchecked(End + Assembly + 8));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x90), End);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0x98), Assembly);

        IsRefused(Zips.With(Zip, ChainKey, header), "CbModel");
    }

    [TestMethod]
    public void Model_inside_another_entry_is_refused()
    {
        byte[] hidden = [.. new byte[70_000 - 4], .. Zips.Entry(Zip, ChainKey)];
        Assert.AreEqual("a model's header at byte 69996", IsRefused(Zips.With(Zip, "Elsewhere.bin", hidden), "content").Found);

        // Across the border of two pieces.
        hidden = [.. new byte[(1 << 16) - 3], .. Zips.Entry(Zip, ChainKey)];
        IsRefused(Zips.With(Zip, "Elsewhere.bin", hidden), "content");

        var key = SavedModels.ReadKey(Zip);
        key.Strings[0] = new string([.. "\u4C4D\u4D00\u444F\u4C45"]);
        IsRefused(SavedModels.WithKey(Zip, key.ToBytes()), "content");
    }

    [TestMethod]
    public void Zip_without_a_model_is_refused() =>
        IsRefused(Zips.Write([("Version.txt", "1"u8.ToArray())]), "entries");

    [TestMethod]
    public void Zip_without_the_entry_point_of_MLNet_is_refused()
    {
        var error = IsRefused(Zips.Without(Zip, ChainKey), "entries");
        Assert.AreEqual(ChainKey, error.Expected);
        IsRefused(Zips.With(Zips.Without(Zip, ChainKey), ChainKey.ToLowerInvariant(), Zips.Entry(Zip, ChainKey)), "entries");
        error = IsRefused(Zips.Without(Zips.Without(Zip, ChainKey), "Schema"), "entries");
        Assert.AreEqual("Model.key or TransformerChain/Model.key or DataLoaderModel/Model.key", error.Expected);
    }

    [TestMethod]
    public void Entry_names_that_MLNet_confuses_are_refused()
    {
        var key = Zips.Entry(Zip, ChainKey);
        IsRefused(Zips.With(Zip, @"TransformerChain\Model.key", key), "name");
        IsRefused(Zips.With(Zip, "transformerchain/MODEL.key", key), "name");
        IsRefused(Zips.Write([.. Zips.Read(Zip), (ChainKey, key)]), "name");
        IsRefused(Zips.With(Zip, "../Model.key", key), "name of an entry");
    }

    [TestMethod]
    public void Limits_on_entries_and_bytes_apply()
    {
        var entries = Zips.Read(Zip);
        var bytes = entries.Sum(entry => (long)entry.Bytes.Length);
        var schema = Zips.Entry(Zip, "Schema").Length;

        Assert.IsNotNull(InspectedModels.Inspect(Zip, new() { MaxEntries = entries.Count, MaxBytes = bytes }));
        IsRefused(Zip, "entries", new() { MaxEntries = entries.Count - 1 });
        IsRefused(Zip, "size", new() { MaxBytes = bytes - 1 });
        IsRefused(Zip, "size", new() { MaxSchemaBytes = schema - 1 });
    }

    [TestMethod]
    public void Zip_bomb_is_refused_by_its_declared_size()
    {
        var zip = Zips.With(Zip, "Zeros.bin", new byte[64 << 20]);

        IsRefused(zip, "size", new() { MaxBytes = 64 << 20 });
    }

    [TestMethod]
    public void Wrong_checksum_is_refused_in_entries_that_MLNet_does_not_check()
    {
        // The stage's own entry: the flag for padding, which is stored and not packed, becomes another flag.
        var zip = Stored(Zip);
        var at = zip.AsSpan().IndexOf("NTDSTAGE"u8) - 0x40 + BlockAt + 28;
        zip[at] ^= 1;

        Assert.IsNotNull(SavedModels.Load(zip));
        IsRefused(zip, "checksum");
    }

    [TestMethod]
    public void Bytes_before_or_after_the_zip_are_refused()
    {
        IsRefused([], "size");
        IsRefused([.. Zip, 0], "comment");
        IsRefused([0, .. Zip], "directory");
        IsRefused(Zip[1..], "directory");
    }

    internal static ModelFileException IsRefused(byte[] zip, string field, ModelFileOptions? options = null)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.ThrowsExactly<ModelFileException>(() => InspectedModels.Inspect(zip, options));
        Assert.IsLessThan((1L << 20) + 2 * zip.LongLength, GC.GetAllocatedBytesForCurrentThread() - before, "Bytes allocated to find that out.");
        Assert.AreEqual(field, error.Field, error.Message);
        Assert.AreEqual($"Model file refused: {error.Entry}, {error.Field}: expected {error.Expected}, found {error.Found}.", error.Message);
        return error;
    }

    private static byte[] WithSecondLoader(byte[] key, string name)
    {
        const int SecondAt = 0x68;
        var bytes = (byte[])key.Clone();
        System.Text.Encoding.ASCII.GetBytes(name, bytes.AsSpan(SecondAt, 24));
        return bytes;
    }

    private static byte[] WithInt32(string entry, int offset, int value)
    {
        var bytes = Zips.Entry(Zip, entry);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        return Zips.With(Zip, entry, bytes);
    }

    private static byte[] Stored(byte[] zip)
    {
        using var stream = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in Zips.Read(zip))
            {
                using var content = archive.CreateEntry(name, System.IO.Compression.CompressionLevel.NoCompression).Open();
                content.Write(bytes);
            }
        }

        return stream.ToArray();
    }
}
