using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>What a row costs in memory, once the buffers have grown.</summary>
[TestClass]
public sealed class AllocationTests
{
    private const int WarmUp = 200;
    private const int Measured = 2_000;

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void The_managed_engine_allocates_nothing_for_a_row_of_known_size(bool sparse, bool pad)
    {
        var view = Views.Known(Sequences.Pairs(WarmUp + Measured, 4, 3), 4, 3, sparse);
        AssertNothingAllocated(view, options =>
        {
            if (pad)
                (options.PadToMaxTokens, options.MaxTokens) = (true, 6);
        });
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_managed_engine_allocates_nothing_for_a_row_of_unknown_size(bool pad)
    {
        // The longest row comes first; the buffers need not grow after it.
        var rows = Sequences.Mixed(WarmUp + Measured, 5, 3);
        rows[0] = Sequences.Pair(new Random(1), 5, 3);
        AssertNothingAllocated(Views.Unknown(rows), options => (options.EmbeddingDimension, options.PadToMaxTokens, options.MaxTokens) = (3, pad, 5));
    }

    // The tensors of the stand-in are .NET arrays: there a block does allocate what it holds.
    [TestMethod]
    [NeedsRealPackages]
    [TestCategory(Category.RealPackages)]
    public void The_Torch_engine_allocates_less_for_a_block_than_one_row_of_it_holds()
    {
        const int tokens = 64, dimension = 16, batchSize = 50;
        var view = Views.Known(Sequences.Pairs(WarmUp + Measured, tokens, dimension), tokens, dimension);
        var allocated = Allocated(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, batchSize));
        // Handles of tensors and scopes; were a row's values copied through an array, it would be more than that array.
        Assert.IsLessThan(2 * tokens * dimension * sizeof(float), allocated * batchSize / Measured);
    }

    private static void AssertNothingAllocated(TestView view, Action<NextTokenDiscriminatorEstimator.Options> configure) =>
        Assert.AreEqual(0, Allocated(view, options =>
        {
            options.Engine = EngineKind.Managed;
            configure(options);
        }));

    // Bytes for the measured rows, the combined and the mask column read from each.
    private static long Allocated(TestView view, Action<NextTokenDiscriminatorEstimator.Options> configure)
    {
        using var transformer = Stages.Fit(view, configure);
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(Drain.Columns(output.Schema, Views.Combined, Views.Mask));
        var combinedGetter = cursor.GetGetter<VBuffer<float>>(output.Schema[Views.Combined]);
        var maskGetter = cursor.GetGetter<VBuffer<bool>>(output.Schema[Views.Mask]);
        var (combined, mask) = (default(VBuffer<float>), default(VBuffer<bool>));
        Read(cursor, WarmUp);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var rows = Read(cursor, Measured);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.AreEqual(Measured, rows);
        return allocated;

        int Read(DataViewRowCursor from, int count)
        {
            var read = 0;
            while (read < count && from.MoveNext())
            {
                combinedGetter(ref combined);
                maskGetter(ref mask);
                read++;
            }

            return read;
        }
    }
}
