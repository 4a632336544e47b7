using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Batches whose reading is cancelled at any row, or abandoned.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CancelledBatchesTests
{
    private const int Rows = 30;

    private static Gen<(int Moment, int BatchSize, bool Known)> Cases =>
        from moment in Gen.Choose(1, Rows)
        from batchSize in Gen.Choose(1, 9)
        from known in Gen.Elements(true, false)
        select (moment, batchSize, known);

    [TestMethod]
    public void Cancellation_reads_no_further_row_and_frees_everything() => Property.Check(Cases, test =>
    {
        using var stop = new CancellationTokenSource();
        var (reads, served) = (0, 0);
        var view = View(() =>
        {
            if (++reads == test.Moment)
                stop.Cancel();
        }, test.Known);
        using var transformer = Transformers.Fit(view, options => options.EmbeddingDimension = 2);

        var left = Tensors.LeftBy(() => Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var batch in transformer.ToBatches(view, new() { BatchSize = test.BatchSize }, stop.Token))
            {
                using (batch)
                    served += batch.Rows;
            }

            // Cancelled at the last row, all may have been served.
            stop.Token.ThrowIfCancellationRequested();
        }));

        Assert.AreEqual(0, left);
        Assert.AreEqual(test.Moment, reads);
        Assert.IsLessThanOrEqualTo(test.Moment, served);
        Assert.AreEqual(1, view.Opened);
        Assert.AreEqual(1, view.Disposed);
    });

    [TestMethod]
    public void Early_exit_reads_no_further_row()
    {
        const int BatchSize = 10;
        using var reached = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var reads = 0;
        var view = View(() =>
        {
            if (++reads != BatchSize + 2)
                return;
            reached.Set();
            goOn.Wait();
        });
        using var transformer = Transformers.Fit(view);
        var batches = transformer.ToBatches(view, new() { BatchSize = BatchSize }).GetEnumerator();
        Assert.IsTrue(batches.MoveNext());
        batches.Current.Dispose();

        reached.Wait();
        var leaving = new Thread(batches.Dispose);
        leaving.Start();
        // It waits for the row at hand, and has said before that this is the last.
        SpinWait.SpinUntil(() => leaving.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        goOn.Set();
        leaving.Join();

        Assert.AreEqual(BatchSize + 2, reads);
        Assert.AreEqual(1, view.Disposed);
    }

    [TestMethod]
    public void Early_exit_frees_the_prefetched_batch()
    {
        const int BatchSize = 10;
        var reads = 0;
        var view = View(() => Interlocked.Increment(ref reads));
        using var transformer = Transformers.Fit(view);

        var left = Tensors.LeftBy(() =>
        {
            using var batches = transformer.ToBatches(view, new() { BatchSize = BatchSize }).GetEnumerator();
            Assert.IsTrue(batches.MoveNext());
            batches.Current.Dispose();
            SpinWait.SpinUntil(() => Volatile.Read(ref reads) == 2 * BatchSize);
        });

        Assert.AreEqual(0, left);
        Assert.AreEqual(1, view.Disposed);
    }

    private static TestView View(Action read, bool known = true)
    {
        var type = known ? new VectorDataViewType(NumberDataViewType.Single, 3, 2) : new VectorDataViewType(NumberDataViewType.Single);
        return new TestView(Rows)
            .Vector(Views.Previous, type, _ => new float[6])
            .Vector(Views.Current, type, _ =>
            {
                read();
                return new float[6];
            });
    }
}
