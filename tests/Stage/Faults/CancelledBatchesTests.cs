using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Batches whose reading is cancelled at any row.</summary>
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
    public void No_row_is_read_after_the_one_at_hand_and_everything_is_freed() => Properties.Hold(Cases, test =>
    {
        using var stop = new CancellationTokenSource();
        var (reads, served) = (0, 0);
        var type = test.Known ? new VectorDataViewType(NumberDataViewType.Single, 3, 2) : new VectorDataViewType(NumberDataViewType.Single);
        var view = new TestView(Rows)
            .Vector("PreviousEmbeddings", type, _ => new float[6])
            .Vector("CurrentEmbeddings", type, _ =>
            {
                if (++reads == test.Moment)
                    stop.Cancel();
                return new float[6];
            });
        using var transformer = Stages.Fit(view, options => options.EmbeddingDimension = 2);

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
}
