using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Memory per row once the buffers have grown.</summary>
[TestClass]
public sealed class AllocationTests
{
    private const int WarmUp = 200;
    private const int Measured = 2_000;
    private const int Parts = 4;

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void Managed_engine_allocates_nothing_for_a_row_of_known_size(bool sparse, bool pad)
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
    public void Managed_engine_allocates_nothing_for_a_row_of_unknown_size(bool pad)
    {
        // The longest row comes first; the buffers need not grow after it.
        var rows = Sequences.Mixed(WarmUp + Measured, 5, 3);
        rows[0] = Sequences.Pair(new Random(1), 5, 3);
        AssertNothingAllocated(Views.Unknown(rows), options => (options.EmbeddingDimension, options.PadToMaxTokens, options.MaxTokens) = (3, pad, 5));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(50)]
    public void Torch_engine_allocates_nothing_for_a_row_of_known_size(int batchSize)
    {
        var view = Views.Known(Sequences.Pairs(WarmUp + Measured, 64, 16), 64, 16);
        AssertNothingAllocated(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, batchSize));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Torch_engine_allocates_nothing_for_a_row_of_unknown_size(int batchSize)
    {
        // The warm-up has rows of every length, and so blocks of every width.
        var rows = Sequences.Mixed(WarmUp + Measured, 40, 3);
        for (var tokens = 1; tokens <= 40; tokens++)
        {
            for (var row = 0; row < batchSize; row++)
                rows[(tokens - 1) * batchSize + row] = Sequences.Pair(new Random(tokens), 41 - tokens, 3);
        }

        AssertNothingAllocated(Views.Unknown(rows), options =>
            (options.EmbeddingDimension, options.MaxTokens, options.Engine, options.BatchSize) = (3, 40, EngineKind.Torch, batchSize));
    }

    // The runtime allocates something once in a while, on a thread of its choice; a row that costs something does so in every part.
    private static void AssertNothingAllocated(TestView view, Action<NextTokenDiscriminatorEstimator.Options> configure)
    {
        var allocated = Allocated(view, configure);
        Assert.IsLessThanOrEqualTo(1, allocated.Count(bytes => bytes > 0), $"Bytes of {Measured / Parts} rows each: {string.Join(", ", allocated)}");
    }

    // Bytes for the measured rows, part by part, the combined and the mask column read from each.
    private static long[] Allocated(TestView view, Action<NextTokenDiscriminatorEstimator.Options> configure)
    {
        using var transformer = Transformers.Fit(view, configure);
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(ViewReader.Columns(output.Schema, Views.Combined, Views.Mask));
        var combinedGetter = cursor.GetGetter<VBuffer<float>>(output.Schema[Views.Combined]);
        var maskGetter = cursor.GetGetter<VBuffer<bool>>(output.Schema[Views.Mask]);
        var (combined, mask) = (default(VBuffer<float>), default(VBuffer<bool>));
        Read(cursor, WarmUp);

        var (rows, allocated) = (0, new long[Parts]);
        for (var part = 0; part < Parts; part++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            rows += Read(cursor, Measured / Parts);
            allocated[part] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

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
