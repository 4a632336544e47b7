namespace MlNetNtd.Tests;

/// <summary>Ownership of batch tensors. Live tensors are counted, so no other test runs at the same time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BatchOwnershipTests
{
    private const int Dimension = 3;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Disposed_batches_leave_no_tensor(bool known) => Assert.AreEqual(0L, Tensors.LeftBy(() =>
    {
        foreach (var batch in Batches(known))
            batch.Dispose();
    }));

    [TestMethod]
    public void Dropped_last_batch_leaves_no_tensor()
    {
        var view = Views.Known(Sequences.Pairs(5, 2, Dimension), 2, Dimension);
        using var transformer = Transformers.Fit(view);

        Assert.AreEqual(0L, Tensors.LeftBy(() =>
        {
            foreach (var batch in transformer.ToBatches(view, new() { BatchSize = 4, DropIncompleteBatch = true }))
                batch.Dispose();
        }));
    }

    /// <summary>Who keeps the last batch, of few rows, does not keep the memory of a whole one.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Smaller_last_batch_takes_less_memory(bool known)
    {
        var rows = Sequences.Pairs(5, 2, Dimension);
        var view = known ? Views.Known(rows, 2, Dimension) : Views.Unknown(rows);
        using var transformer = Transformers.Fit(view, options => options.EmbeddingDimension = Dimension);

        var bytes = new List<ulong>();
        foreach (var batch in transformer.ToBatches(view, new() { BatchSize = 4 }))
        {
            using (batch)
            using (var storage = batch.Sequences.storage<float>())
                bytes.Add(storage.nbytes());
        }

        CollectionAssert.AreEqual(new[] { 4UL, 1UL }.Select(count => count * 2 * 2 * Dimension * sizeof(float)).ToArray(), bytes);
    }

    [TestMethod]
    public void Bad_row_within_a_batch_leaves_no_tensor()
    {
        var view = Views.Known([.. Sequences.Pairs(6, 2, Dimension), new([1, 2, 3, 4], [1, 2, 3, 4])], 2, Dimension);
        using var transformer = Transformers.Fit(view);

        Assert.AreEqual(0L, Tensors.LeftBy(() => Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var batch in transformer.ToBatches(view, new() { BatchSize = 4 }))
                batch.Dispose();
        })));
    }

    [TestMethod]
    public void Early_exit_frees_prefetched_batches_and_closes_the_input()
    {
        var view = Views.Known(Sequences.Pairs(20, 2, Dimension), 2, Dimension).WithEveryKindOfColumn();
        using var transformer = Transformers.Fit(view);

        Assert.AreEqual(0L, Tensors.LeftBy(() =>
        {
            foreach (var batch in transformer.ToBatches(view, new() { BatchSize = 2, ScalarColumnNames = ["Number"] }))
            {
                batch.Dispose();
                break;
            }
        }));
    }

    [TestMethod]
    public void First_request_starts_the_reading() => Assert.AreEqual(0L, Tensors.LeftBy(() => Batches(known: false)));

    private static IEnumerable<SequenceBatch> Batches(bool known)
    {
        var view = (known ? Views.Known(Sequences.Pairs(20, 5, Dimension), 5, Dimension) : Views.Unknown(Sequences.Mixed(20, 5, Dimension)))
            .WithEveryKindOfColumn();
        return Transformers.Fit(view, options => options.EmbeddingDimension = Dimension)
            .ToBatches(view, new() { BatchSize = 3, ScalarColumnNames = ["Number", "Key"] });
    }
}
