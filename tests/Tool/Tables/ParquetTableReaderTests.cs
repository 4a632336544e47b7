using Apache.Arrow;
using Apache.Arrow.Types;
using MlNetNtd.Tests;
using ParquetSharp.Arrow;

namespace MlNetNtd.Tool.Tests;

/// <summary>A Parquet file whose footer promises more rows than its columns have is refused, and no row is made up.</summary>
[TestClass]
public sealed class ParquetTableReaderTests
{
    private const int Rows = 10;
    private const int PromisedRows = 11;

    [TestMethod]
    public void Columns_that_end_early_are_an_error_that_counts_the_rows() => AssertRefused(
        Batch("id", new Int32Array.Builder().AppendRange(Enumerable.Range(0, Rows)).Build()),
        $"its columns end after {Rows} of {PromisedRows} rows");

    [TestMethod]
    public void List_column_that_ends_early_is_an_error_that_names_it() => AssertRefused(
        Batch("embeddings", Lists()),
        "column 'embeddings' has fewer rows than the file says");

    private static void AssertRefused(RecordBatch batch, string expected) => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "a.parquet");
        using (var writer = new FileWriter(path, batch.Schema))
        {
            writer.WriteRecordBatch(batch);
            writer.Close();
        }

        PromiseMoreRows(path);

        using var reader = TableFile.Open(path, SampleTable.NoConsole);
        var error = Assert.ThrowsExactly<ToolException>(() => ReadTable.From(reader));

        Assert.AreEqual($"{path}: expected a whole Parquet file, found a damaged one: {expected}", error.Message);
    });

    // In the footer, which is Thrift's compact protocol, num_rows is the first 64-bit field behind a field one below it: 0x16, then twice the
    // number.
    private static void PromiseMoreRows(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var footer = bytes.Length - 8 - BitConverter.ToInt32(bytes, bytes.Length - 8);
        var field = bytes.AsSpan(footer).IndexOf([(byte)0x16, (byte)(2 * Rows)]);
        bytes[footer + field + 1] = 2 * PromisedRows;
        File.WriteAllBytes(path, bytes);
    }

    private static ListArray Lists()
    {
        var builder = new ListArray.Builder(FloatType.Default);
        var values = (FloatArray.Builder)builder.ValueBuilder;
        for (var row = 0; row < Rows; row++)
        {
            builder.Append();
            values.Append(row);
        }

        return builder.Build();
    }

    private static RecordBatch Batch(string name, IArrowArray column) =>
        new(new Schema([new Field(name, column.Data.DataType, nullable: false)], null), [column], column.Length);
}
