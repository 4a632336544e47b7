namespace MlNetNtd.Tests;

/// <summary>The counts of the first pass over the rows.</summary>
[TestClass]
public sealed class DatasetCountsTests
{
    [TestMethod]
    public void Row_counts_for_each_label_value_in_it()
    {
        Assert.AreEqual((1L, 1L, 0L), Of(true));
        Assert.AreEqual((1L, 0L, 1L), Of(false));
        Assert.AreEqual((1L, 1L, 1L), Of(true, false, true));

        static (long, long, long) Of(params bool[] labels) =>
            DatasetCounts.Count(Row(tokens: labels.Length, labels: labels)) is var counts ? (counts.Rows, counts.Positive, counts.Negative) : default;
    }

    [TestMethod]
    public void Row_without_a_mask_counts_as_under_the_rule()
    {
        Assert.AreEqual(1, DatasetCounts.Count(Row(2)).RowsUnderRule);
        Assert.AreEqual(0, DatasetCounts.Count(Row(2) with { Mask = AttentionMask.Create(new float[16]) }).RowsUnderRule);
    }

    /// <summary>Its values, its labels, and its objects: .NET has about 160 bytes of those a row.</summary>
    [TestMethod]
    public void Row_size_is_that_of_its_values_labels_and_objects()
    {
        var rows = Enumerable.Range(0, 20_000).Select(_ => (SequenceRow?)null).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Row(tokens: 3, labels: [true, false, true]);
        var each = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / rows.Length;

        Assert.AreEqual(160 + 3 + 4 * 2 * 3 * Samples.Dimension, DatasetCounts.Count(rows[0]!).Bytes);
        Assert.AreEqual(each, DatasetCounts.Count(rows[0]!).Bytes, each / 4);
    }

    [TestMethod]
    public void Sum_adds_every_count()
    {
        var sum = new DatasetCounts(1, 2, 3, 4, 5) + new DatasetCounts(10, 200, 3000, 40_000, 500_000);

        Assert.AreEqual(new DatasetCounts(11, 202, 3003, 40_004, 500_005), sum);
    }

    [TestMethod]
    public void Default_cache_is_a_quarter_of_the_available_memory()
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

        // It may change from one look to the next.
        Assert.AreEqual(0.25, (double)DatasetScan.DefaultCacheBytes / available, 0.01);
    }

    [TestMethod]
    public void Padding_is_that_of_unbucketed_batches()
    {
        var count = new PaddingStatistics(rowsPerBatch: 2);
        Assert.AreEqual(0, count.Fraction);

        count.Add(Row(tokens: 4));
        Assert.AreEqual(0, count.Fraction);
        count.Add(Row(tokens: 1));
        // 5 real ones of 8.
        Assert.AreEqual(3.0 / 8, count.Fraction, 1e-12);
        count.Add(Row(tokens: 2));
        // A batch that is not full has the rows that it has.
        Assert.AreEqual(3.0 / 10, count.Fraction, 1e-12);
        count.Add(Row(tokens: 2) with { Tokens = 1 });
        Assert.AreEqual(4.0 / 12, count.Fraction, 1e-12);
    }

    private static SequenceRow Row(int tokens, bool[]? labels = null) =>
        new(new float[2 * tokens * Samples.Dimension], tokens, null, tokens, labels ?? [true]);
}
