using Apache.Arrow;
using Apache.Arrow.Types;
using FsCheck.Fluent;
using MlNetNtd.Tests;
using ParquetSharp.Arrow;

namespace MlNetNtd.Tool.Tests;

/// <summary>Lists of floats are read from Parquet as they were written, whatever their lengths, nulls and row groups.</summary>
[TestClass]
public sealed class FloatListColumnTests
{
    // A list of more values than the reader decodes at once.
    private const int LongList = 40_000;

    [TestMethod]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    [DataRow(false, false)]
    public void Lists_come_back_as_they_were_written(bool nullableLists, bool nullableValues) => Property.Check(
        from lists in Gen.ListOf(List(nullableLists, nullableValues))
        from groupRows in Gen.Choose(1, 20)
        where lists.Count > 0
        select (lists, groupRows),
        one => AssertEqual(ToLists([.. one.lists], nullableLists, nullableValues), one.groupRows),
        count: 60);

    [TestMethod]
    public void Lists_of_a_fixed_size_come_back_with_their_nulls() => Property.Check(
        from size in Gen.Choose(1, 9)
        from nulls in Gen.ListOf(Gen.Choose(0, 3))
        from groupRows in Gen.Choose(1, 20)
        where nulls.Count > 0
        select (size, nulls, groupRows),
        one => AssertEqual(ToFixedLists([.. one.nulls.Select(i => i > 0)], one.size), one.groupRows),
        count: 60);

    [TestMethod]
    public void List_that_is_longer_than_a_chunk_comes_back_whole()
    {
        float?[] values = [.. Enumerable.Range(0, LongList).Select(i => (float?)i)];
        AssertEqual(ToLists([values, [], null, values], nullableLists: true, nullableValues: true), groupRows: 3);
    }

    [TestMethod]
    public void Damaged_column_is_named_by_the_file() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "a.parquet");
        Write(path, ToLists([.. Enumerable.Range(0, 2000).Select(i => (float?[]?)[i, i + 0.5f])], nullableLists: true, nullableValues: true), groupRows: 2000);
        var bytes = File.ReadAllBytes(path);
        // Everything but the footer, whose length stands at the end.
        var footer = 8 + BitConverter.ToInt32(bytes, bytes.Length - 8);
        bytes.AsSpan(4, bytes.Length - footer - 4).Fill(0xAA);
        File.WriteAllBytes(path, bytes);

        using var reader = TableFile.Open(path, SampleTable.NoConsole);
        var error = Assert.ThrowsExactly<ToolException>(() => ReadTable.From(reader));

        Assert.StartsWith($"{path}: expected a whole Parquet file, found a damaged one: ", error.Message);
    });

    private static FsCheck.Gen<float?[]?> List(bool nullable, bool nullableValues)
    {
        var value = nullableValues
            ? Gen.Frequency((6, Gen.Choose(-9, 9).Select(i => (float?)i)), (1, Gen.Constant((float?)null)))
            : Gen.Choose(-9, 9).Select(i => (float?)i);
        var list = Gen.Choose(0, 12).SelectMany(size => Gen.ArrayOf(value, size)).Select(values => (float?[]?)values);
        return nullable ? Gen.Frequency((6, list), (1, Gen.Constant((float?[]?)null))) : list;
    }

    private static RecordBatch ToLists(float?[]?[] lists, bool nullableLists, bool nullableValues)
    {
        var builder = new ListArray.Builder(new Field("element", FloatType.Default, nullableValues));
        var values = (FloatArray.Builder)builder.ValueBuilder;
        foreach (var list in lists)
        {
            if (list is null)
                builder.AppendNull();
            else
                builder.Append();
            foreach (var value in list ?? [])
                _ = value is { } known ? values.Append(known) : values.AppendNull();
        }

        return ToBatch(builder.Build(), nullableLists);
    }

    private static RecordBatch ToFixedLists(bool[] present, int size)
    {
        var items = new FloatArray.Builder();
        foreach (var i in Enumerable.Range(0, present.Length * size))
            items.Append(i);
        var bits = new ArrowBuffer.BitmapBuilder();
        foreach (var one in present)
            bits.Append(one);
        var type = new FixedSizeListType(new Field("element", FloatType.Default, nullable: true), size);
        return ToBatch(
            new FixedSizeListArray(new ArrayData(type, present.Length, present.Count(one => !one), 0, [bits.Build()], [items.Build().Data])), nullable: true);
    }

    // A column of numbers beside it is read by Arrow's decoder, so both have to agree on the rows.
    private static RecordBatch ToBatch(IArrowArray lists, bool nullable) => new(
        new Schema([new Field("id", Int32Type.Default, nullable: false), new Field("lists", lists.Data.DataType, nullable)], null),
        [new Int32Array.Builder().AppendRange(Enumerable.Range(0, lists.Length)).Build(), lists], lists.Length);

    private static void Write(string path, RecordBatch batch, int groupRows)
    {
        using var arrowBuilder = new ArrowWriterPropertiesBuilder();
        using var arrowProperties = arrowBuilder.StoreSchema().Build();
        using var file = new FileWriter(path, batch.Schema, arrowProperties: arrowProperties);
        file.WriteRecordBatch(batch, groupRows);
        file.Close();
    }

    private static void AssertEqual(RecordBatch batch, int groupRows) => TemporaryFolder.Use(folder =>
    {
        var (parquet, arrow) = (Path.Combine(folder, "a.parquet"), Path.Combine(folder, "a.arrow"));
        Write(parquet, batch, groupRows);
        SampleTable.WriteBatches(arrow, [batch]);

        var (expected, found) = (SampleTable.Read(arrow), SampleTable.Read(parquet));

        CollectionAssert.AreEqual(expected["id"], found["id"]);
        CollectionAssert.AreEqual(expected["lists"], found["lists"]);
    });
}
