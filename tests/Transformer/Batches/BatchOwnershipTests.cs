namespace MlNetNtd.Tests;

/// <summary>Whose the tensors are: counted over the whole process, so nothing runs beside these tests.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BatchOwnershipTests
{
    private const int Dimension = 3;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Disposed_batches_leave_nothing_behind(bool known) => Assert.AreEqual(0L, Tensors.LeftBy(() =>
    {
        foreach (var batch in Batches(known))
            batch.Dispose();
    }));

    [TestMethod]
    public void A_last_batch_that_is_left_out_leaves_nothing_behind()
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
    public void A_last_batch_of_fewer_rows_takes_the_memory_of_fewer(bool known)
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
    public void A_bad_row_in_the_middle_of_a_batch_leaves_nothing_behind()
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
    public void Stopping_half_way_frees_what_was_read_ahead_and_closes_the_input()
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
    public void Nothing_is_read_before_the_first_batch_is_asked_for() => Assert.AreEqual(0L, Tensors.LeftBy(() => Batches(known: false)));

    private static IEnumerable<SequenceBatch> Batches(bool known)
    {
        var view = (known ? Views.Known(Sequences.Pairs(20, 5, Dimension), 5, Dimension) : Views.Unknown(Sequences.Mixed(20, 5, Dimension)))
            .WithEveryKindOfColumn();
        return Transformers.Fit(view, options => options.EmbeddingDimension = Dimension)
            .ToBatches(view, new() { BatchSize = 3, ScalarColumnNames = ["Number", "Key"] });
    }
}
