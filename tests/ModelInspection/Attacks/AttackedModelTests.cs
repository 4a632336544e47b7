using System.Buffers.Binary;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>
/// Models that ended ML.NET's process, never finished loading, or took a thousand times their size: all are refused quickly and with
/// little memory. None is loaded here.
/// </summary>
[TestClass]
public sealed class AttackedModelTests
{
    private const long MostBytes = 64 << 20;

    /// <summary>Schemas have other names than Schema, and are read by the stage beside them.</summary>
    [TestMethod]
    [DataRow("SdcaLogisticRegression", "TransformerChain/TrainSchema")]
    [DataRow("KMeans", "TransformerChain/TrainSchema")]
    [DataRow("MapValue", "TransformerChain/DefaultMap.idv")]
    public void Schema_of_a_stage_is_checked_like_that_of_the_model(string model, string entry)
    {
        var zip = RealModels.Make(model);
        entry = Zips.Names(zip).Single(name => name.StartsWith("TransformerChain", StringComparison.Ordinal) && name.EndsWith(entry[entry.LastIndexOf('/')..], StringComparison.Ordinal));
        var deep = new List<byte>();
        for (var level = 0; level < 20_000; level++)
            deep.AddRange([7, .. "VBuffer"u8, .. SchemaBytes.Leb128(1 << 18)]);

        Assert.AreEqual(entry, IsRefused(Zips.With(zip, entry, Schema(Column("A", [.. deep, .. new byte[1 << 18]]))), "column 0, type, items").Entry);
        Assert.AreEqual(entry, IsRefused(Zips.With(zip, entry, Schema(Column("A", SchemaBytes.Type("VBuffer", [.. SchemaBytes.Type("Single"), .. SchemaBytes.Int32s(257)])))), "column 0, type, rank").Entry);
    }

    [TestMethod]
    public void Annotation_shared_by_many_columns_counts_for_each()
    {
        const int Columns = 500;
        byte[] table = [1, .. SchemaBytes.Text(new string('k', 2 << 20)), .. SchemaBytes.Type("Single"), 0, .. BitConverter.GetBytes(256L), 4];
        byte[] annotations = [.. new byte[4], .. table];
        var columns = Enumerable.Range(0, Columns).SelectMany(i => Column($"C{i}", SchemaBytes.Type("Single"), 256 + 4)).ToArray();

        IsRefused(Zips.With(InspectedModels.Stage(), "Schema", Schema(columns, Columns, annotations)), "column 0, annotation 0");
    }

    [TestMethod]
    public void Map_row_count_that_exceeds_its_blocks_is_refused()
    {
        var zip = RealModels.Make("MapValue");
        var name = Zips.Names(zip).Single(name => name.EndsWith("DefaultMap.idv", StringComparison.Ordinal));
        var whole = Zips.Entry(zip, name);
        const int RowsAt = 40;
        Assert.AreEqual(2, whole[RowsAt]);

        foreach (var rows in new[] { 3, 1 << 20, int.MaxValue })
        {
            var file = (byte[])whole.Clone();
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(RowsAt), rows);
            Assert.ThrowsExactly<ModelFileException>(() => InspectedModels.Inspect(Zips.With(zip, name, file)), $"{rows}");
        }
    }

    [TestMethod]
    public void Chain_of_five_thousand_stages_is_refused()
    {
        var copy = Zips.Entry(RealModels.Make("CopyColumns"), "TransformerChain/Model.key");
        var stages = Enumerable.Range(0, 5_000).Select(i => ($"TransformerChain/Transform_{i:000}/Model.key", copy)).ToList();
        // A chain of these, made from one of two.
        var ml = new MLContext(seed: 1);
        var view = ml.Data.LoadFromEnumerable(TestRows.Shaped(3));
        var chain = new ModelKey(Zips.Entry(SavedModels.Save(ml.Transforms.CopyColumns("A", "Text").Append(ml.Transforms.CopyColumns("B", "A")).Fit(view), view.Schema), "TransformerChain/Model.key"))
        {
            Block = [.. BitConverter.GetBytes(5_000), .. new byte[4 * 5_000]],
        };

        IsRefused(Zips.Write([("TransformerChain/Model.key", chain.ToBytes()), .. stages]), "stage");
    }

    [TestMethod]
    public void Directory_with_twenty_megabytes_of_names_is_refused()
    {
        var zip = InspectedModels.Stage();
        var names = Enumerable.Range(0, 9_000).Select(i => ($@"a\{i}\{new string('n', 1000)}", new byte[1]));

        IsRefused(Zips.Write([.. Zips.Read(zip), .. names]), "directory");
    }

    [TestMethod]
    public void Count_larger_than_the_bytes_that_follow_is_refused()
    {
        // Sparse scales are spread out, coefficients of a projection are drawn, sparse weights are spread out for the first prediction.
        Spread("NormalizeMinMax", "AffineNormExec", 4);
        Spread("ApproximatedKernelMap", "RffTransform", 16);
        Spread("LbfgsLogisticRegression", "Linear2CExec", 8);
        Spread("ProduceNgrams", "NgramTransform", 24);

        static void Spread(string model, string loader, int at)
        {
            var zip = RealModels.Make(model);
            var (name, bytes) = Zips.Read(zip).First(entry => entry.Name.EndsWith("Model.key", StringComparison.Ordinal) && new ModelKey(entry.Bytes).LoaderSignature == loader);
            foreach (var number in new[] { int.MaxValue, 1 << 28, -1 })
            {
                var key = new ModelKey(bytes);
                key.SetInt32(at, number);
                Assert.ThrowsExactly<ModelFileException>(() => InspectedModels.Inspect(Zips.With(zip, name, key.ToBytes())), $"{loader}, {number}");
            }
        }
    }

    [TestMethod]
    public void Stage_that_unpacks_to_a_multiple_of_the_zip_is_refused()
    {
        var key = SavedModels.ReadKey(InspectedModels.Stage());
        key.Block = [.. key.Block, .. new byte[40 << 20]];
        var zip = SavedModels.WithKey(InspectedModels.Stage(), key.ToBytes());

        Assert.IsLessThan(1 << 20, zip.Length);
        StringAssert.Contains(IsRefused(zip, "own bytes").Expected, nameof(ModelFileOptions.MaxLoadBytes));
        Assert.IsNotNull(InspectedModels.Inspect(zip, new() { MaxLoadBytes = 1 << 30 }));
    }

    private static ModelFileException IsRefused(byte[] zip, string field)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.ThrowsExactly<ModelFileException>(() => InspectedModels.Inspect(zip));
        Assert.IsLessThan(MostBytes, GC.GetAllocatedBytesForCurrentThread() - before, error.Message);
        Assert.AreEqual(field, error.Field, error.Message);
        return error;
    }

    private static byte[] Column(string name, byte[] type, long annotations = 0) =>
        [.. SchemaBytes.Text(name), .. type, 1, 1, .. BitConverter.GetBytes(256L), .. BitConverter.GetBytes(annotations)];

    private static byte[] Schema(byte[] columns, int count = 1, byte[]? annotations = null)
    {
        annotations ??= [];
        var header = new byte[256];
        Zips.Entry(InspectedModels.Stage(), "Schema").AsSpan(0, 24).CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), 256 + annotations.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), 256 + annotations.Length + columns.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(48), count);
        return [.. header, .. annotations, .. columns, .. "\0BVD\0LMC"u8];
    }
}
