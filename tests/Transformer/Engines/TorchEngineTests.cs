using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>The Torch engine on the CPU, one block after another in the same memory.</summary>
[TestClass]
public sealed class TorchEngineTests
{
    [TestMethod]
    public void Blocks_of_any_number_of_rows_of_any_length_follow_each_other() => Property.Check(
        from blockRows in Gen.Choose(1, 4)
        from longest in Gen.Choose(1, 90)
        from dimension in Gen.Choose(1, 3)
        from blocks in Gen.Choose(1, 12)
        from seed in Gen.Choose(0, 1_000_000)
        select (BlockRows: blockRows, Longest: longest, Dimension: dimension, Blocks: blocks, Seed: seed),
        one =>
        {
            var random = new Random(one.Seed);
            var initial = Sequences.Values(random, one.Dimension);
            using var module = new ModuleHandle([.. initial], maxTokens: 90, torch.CPU);
            using var engine = new TorchEngine(new MLContext(), module, one.BlockRows);
            for (var block = 0; block < one.Blocks; block++)
            {
                // Most blocks are full, as in a cursor.
                var count = random.Next(4) == 0 ? random.Next(1, one.BlockRows + 1) : one.BlockRows;
                SequencePair[] rows = [.. Enumerable.Range(0, count).Select(_ =>
                    Sequences.Pair(random, random.Next(1, one.Longest + 1), one.Dimension))];

                engine.Clear();
                foreach (var row in rows)
                    engine.Add(Vector(row.Previous), Vector(row.Current), row.Previous.Length / one.Dimension);
                engine.Run();

                for (var row = 0; row < count; row++)
                    Expect.SameBits(Reference.Combined(initial, rows[row]), Combined(engine, row, rows[row]), $"Block {block}, row {row}.");
            }
        });

    [TestMethod]
    public void Longer_row_within_a_block_does_not_affect_the_rows_before()
    {
        using var module = new ModuleHandle([7f], maxTokens: 40, torch.CPU);
        using var engine = new TorchEngine(new MLContext(), module, blockRows: 3);
        SequencePair[] rows = [.. new[] { 2, 33, 5 }.Select(tokens => Sequences.Pair(new Random(tokens), tokens, 1))];

        for (var block = 0; block < 2; block++)
        {
            engine.Clear();
            foreach (var row in rows)
                engine.Add(Vector(row.Previous), Vector(row.Current), row.Previous.Length);
            engine.Run();
            for (var row = 0; row < rows.Length; row++)
                Expect.SameBits(Reference.Combined([7f], rows[row]), Combined(engine, row, rows[row]), $"Block {block}, row {row}.");
        }
    }

    [TestMethod]
    public void Buffers_hold_at_most_the_tokens_of_the_module()
    {
        using var module = new ModuleHandle([7f], maxTokens: 100, torch.CPU);
        using var engine = new TorchEngine(new MLContext(), module, blockRows: 1);

        // Twice the first would be more than the module takes.
        foreach (var tokens in new[] { 60, 100 })
        {
            var row = Sequences.Pair(new Random(tokens), tokens, 1);
            engine.Clear();
            engine.Add(Vector(row.Previous), Vector(row.Current), tokens);
            engine.Run();
            Expect.SameBits(Reference.Combined([7f], row), Combined(engine, 0, row), $"T = {tokens}.");
        }
    }

    [TestMethod]
    public void Block_size_follows_the_row_length_of_the_schema()
    {
        var view = Views.Known(Sequences.Pairs(1, 32, 64), 32, 64);
        using var stage = Transformers.Fit(view, options => options.MaxTokens = 4096);
        var choice = new EngineChoice(EngineKind.Torch, CudaIndex: null);

        using var known = stage.CreateEngine(choice, batchSize: null, stage.Bind(view.Schema).Known);
        using var free = stage.CreateEngine(choice, batchSize: null, known: null);

        Assert.AreEqual(BlockSize.Rows(null, 32 * 64, gpu: false), ((TorchEngine)known).BlockRows);
        Assert.AreEqual(BlockSize.Rows(null, 4096 * 64, gpu: false), ((TorchEngine)free).BlockRows);
    }

    [TestMethod]
    public void Single_row_is_a_block()
    {
        using var module = new ModuleHandle([1f, 2f], maxTokens: 20, torch.CPU);
        using var engine = new TorchEngine(new MLContext(), module, blockRows: 1);
        foreach (var tokens in new[] { 3, 20, 1, 19, 3 })
        {
            var row = Sequences.Pair(new Random(tokens), tokens, 2);
            var combined = new float[4 * tokens];
            engine.Combine(Vector(row.Previous), Vector(row.Current), combined.AsSpan(0, 2 * tokens), combined.AsSpan(2 * tokens));
            Expect.SameBits(Reference.Combined([1f, 2f], row), combined, $"T = {tokens}.");
        }
    }

    private static VBuffer<float> Vector(float[] values) => new(values.Length, values);

    private static float[] Combined(TorchEngine engine, int row, SequencePair pair)
    {
        var half = pair.Previous.Length;
        var combined = new float[2 * half];
        engine.CopyTo(row, combined.AsSpan(0, half), combined.AsSpan(half));
        return combined;
    }
}
