using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>ML.NET's operations on the output view, with both engines.</summary>
[TestClass]
public sealed class OutputViewTests
{
    private const int Count = 50;

    private static readonly MLContext Ml = new(seed: 1);

    private static readonly List<LabeledRow> Rows = LabeledRow.Make(Count);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_can_be_cached(EngineKind engine)
    {
        var cached = Ml.Data.Cache(Output(engine));
        ExpectRows([.. Enumerable.Range(0, Count)], cached);
        // From the cache this time.
        ExpectRows([.. Enumerable.Range(0, Count)], cached);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_can_be_shuffled(EngineKind engine)
    {
        var shuffled = Ml.Data.ShuffleRows(Output(engine), seed: 3, shufflePoolSize: 10);
        var order = ViewReader.Scalars<float>(shuffled, nameof(LabeledRow.Number)).Select(number => (int)number).ToArray();
        CollectionAssert.AreEquivalent(Enumerable.Range(0, Count).ToArray(), order);
        CollectionAssert.AreNotEqual(Enumerable.Range(0, Count).ToArray(), order);

        // Each pass has an order of its own, so each row is looked at on its own.
        foreach (var row in ViewReader.Rows(shuffled))
            ExpectRow((int)(float)row[nameof(LabeledRow.Number)], row);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_can_be_filtered_by_a_column(EngineKind engine) => ExpectRows(
        [.. Enumerable.Range(7, 13)], Ml.Data.FilterRowsByColumn(Output(engine), nameof(LabeledRow.Number), 7, 20));

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_rows_with_missing_values_can_be_dropped(EngineKind engine)
    {
        var rows = LabeledRow.Make(Count);
        // The last true token is never used: it hides nothing.
        rows[3].PreviousEmbeddings[^1] = float.NaN;
        rows[5].PreviousEmbeddings[0] = float.NaN;
        rows[8].CurrentEmbeddings[4] = float.NaN;

        var kept = Ml.Data.FilterRowsByMissingValues(Output(engine, rows), Views.Combined);

        ExpectRows([.. Enumerable.Range(0, Count).Where(row => row is not (5 or 8))], kept);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_rows_can_be_skipped_and_taken(EngineKind engine) => ExpectRows(
        [.. Enumerable.Range(11, 20)], Ml.Data.TakeRows(Ml.Data.SkipRows(Output(engine), 11), 20));

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_can_be_split_for_training_and_test(EngineKind engine)
    {
        var split = Ml.Data.TrainTestSplit(Output(engine), testFraction: 0.3, seed: 1);
        var train = Numbers(split.TrainSet);
        var test = Numbers(split.TestSet);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, Count).ToArray(), train.Concat(test).ToArray());
        Assert.IsInRange(5, 25, test.Length);
        ExpectRows(train, split.TrainSet);
        ExpectRows(test, split.TestSet);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_can_be_previewed(EngineKind engine)
    {
        var preview = Output(engine).Preview(maxRows: 6);
        Assert.HasCount(6, preview.RowView);
        for (var row = 0; row < 6; row++)
        {
            var values = preview.RowView[row].Values.ToDictionary(value => value.Key, value => value.Value);
            Expect.SameBits(Rows[row].Combined(), ((VBuffer<float>)values[Views.Combined]).DenseValues().ToArray());
            Expect.Same<bool>(Reference.Blocked(LabeledRow.Tokens), ((VBuffer<bool>)values[Views.Mask]).DenseValues().ToArray());
        }

        var column = preview.ColumnView.Single(view => view.Column.Name == Views.Combined);
        Expect.SameBits(Rows[5].Combined(), ((VBuffer<float>)column.Values[5]).DenseValues().ToArray());
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Output_can_be_read_as_objects_and_arrays(EngineKind engine)
    {
        var output = Output(engine);
        var rows = Ml.Data.CreateEnumerable<CombinedRow>(output, reuseRowObject: false).ToArray();
        var combined = output.GetColumn<float[]>(Views.Combined).ToArray();
        var masks = output.GetColumn<VBuffer<bool>>(Views.Mask).ToArray();
        Assert.HasCount(Count, rows);
        for (var row = 0; row < Count; row++)
        {
            Expect.SameBits(Rows[row].Combined(), rows[row].Combined);
            Expect.SameBits(Rows[row].Combined(), combined[row]);
            Expect.Same<bool>(Reference.Blocked(LabeledRow.Tokens), rows[row].Mask);
            Expect.Same<bool>(Reference.Blocked(LabeledRow.Tokens), masks[row].DenseValues().ToArray());
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Binary_file_keeps_dimensions_and_mask(EngineKind engine)
    {
        using var file = new TemporaryFile();
        var output = Output(engine);
        using (var stream = File.Create(file.Path))
            Ml.Data.SaveAsBinary(output, stream);

        var loaded = new MLContext().Data.LoadFromBinary(file.Path);

        Assert.AreEqual(SchemaText.Of(output.Schema), SchemaText.Of(loaded.Schema));
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 2 * LabeledRow.Tokens, LabeledRow.Dimension), loaded.Schema[Views.Combined].Type);
        Assert.IsTrue(loaded.Schema.TryGetAttentionMask(Views.Combined, out bool[]? mask));
        Expect.Same<bool>(Reference.Blocked(LabeledRow.Tokens), mask);
        ExpectRows([.. Enumerable.Range(0, Count)], loaded);
    }

    [TestMethod]
    public void Binary_file_keeps_rows_of_different_lengths()
    {
        var rows = TestRows.Free(Count, maxTokens: 6);
        var data = Ml.Data.LoadFromEnumerable(rows);
        var output = Transformers.Fit(data, options => (options.EmbeddingDimension, options.TokenCountColumnName) = (TestRows.Dimension, "Tokens")).Transform(data);
        using var stream = new MemoryStream();
        Ml.Data.SaveAsBinary(output, stream);
        using var file = new TemporaryFile();
        File.WriteAllBytes(file.Path, stream.ToArray());

        var loaded = new MLContext().Data.LoadFromBinary(file.Path);

        Assert.AreEqual(SchemaText.Of(output.Schema), SchemaText.Of(loaded.Schema));
        ViewChecklist.SameValues(ViewReader.Rows(output), ViewReader.Rows(loaded), "The file.");
    }

    private static IDataView Output(EngineKind engine, List<LabeledRow>? rows = null)
    {
        var data = Ml.Data.LoadFromEnumerable(rows ?? Rows);
        return Transformers.Fit(data, options => (options.Engine, options.BatchSize) = (engine, 4)).Transform(data);
    }

    // The view holds these rows, whatever columns are read, by one cursor or several.
    private static void ExpectRows(int[] expected, IDataView view)
    {
        var rows = ViewChecklist.Holds(view);
        CollectionAssert.AreEqual(expected, Numbers(view));
        Assert.HasCount(expected.Length, rows);
        for (var row = 0; row < expected.Length; row++)
            ExpectRow(expected[row], rows[row]);
    }

    private static void ExpectRow(int number, RowCopy row)
    {
        Expect.SameBits(Rows[number].Combined(), (float[])row[Views.Combined], $"Row {number}.");
        Expect.Same<bool>(Reference.Blocked(LabeledRow.Tokens), (bool[])row[Views.Mask], $"Row {number}.");
    }

    private static int[] Numbers(IDataView view) =>
        [.. ViewReader.Scalars<float>(view, nameof(LabeledRow.Number)).Select(number => (int)number)];
}
