using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The Torch engine in a process that uses TorchSharp for other work.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TorchEngineLifetimeTests
{
    [TestMethod]
    public void Reading_thousands_of_blocks_leaves_no_tensor()
    {
        var blocks = TestRun.Count(10_000, 1_000);
        const int batchSize = 2;
        var pair = Sequences.Pair(new Random(1), 2, 2);
        var type = new VectorDataViewType(NumberDataViewType.Single, 2, 2);
        var view = new TestView(blocks * batchSize)
            .Vector(Views.Previous, type, _ => pair.Previous)
            .Vector(Views.Current, type, _ => pair.Current);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, batchSize));
        var output = transformer.Transform(view);
        // The engine makes its weights when it meets the first block.
        using (var first = output.GetRowCursor([output.Schema[Views.Combined]]))
            Assert.IsTrue(first.MoveNext());

        Assert.AreEqual(0, Tensors.LeftBy(() =>
        {
            using var cursor = output.GetRowCursor([output.Schema[Views.Combined]]);
            Assert.IsTrue(cursor.MoveNext());
            var live = Tensor.TotalCount;
            var rows = 1;
            for (; cursor.MoveNext(); rows++)
                Assert.AreEqual(live, Tensor.TotalCount, $"Row {rows}.");

            Assert.AreEqual(blocks * batchSize, rows);
        }));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void View_read_within_a_training_step_does_not_disturb_the_step(EngineKind engine)
    {
        var view = Views.Known(Sequences.Pairs(6, 3, 2), 3, 2);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 2));
        var output = transformer.Transform(view);

        var undisturbed = Train(() => { });
        var rows = 0;
        var disturbed = Train(() => rows += ViewReader.Rows(output).Count);

        Assert.AreEqual(3 * 5 * 6, rows);
        Expect.SameBits(undisturbed, disturbed);
    }

    [TestMethod]
    public void Rows_can_be_trained_on_in_the_loop_that_reads_them()
    {
        var rows = Sequences.Pairs(8, 3, 2);
        var view = Views.Known(rows, 3, 2);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, 3));
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor([output.Schema[Views.Combined]]);
        var combined = ViewReader.Reader(cursor, output.Schema[Views.Combined]);

        for (var row = 0; cursor.MoveNext(); row++)
        {
            using var scope = NewDisposeScope();
            var weights = ones(12, requires_grad: true);
            var values = (float[])combined();
            (weights * tensor(values)).sum().backward();
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), weights.grad!.Floats(), $"Row {row}.");
        }
    }

    [TestMethod]
    public void Reading_a_view_leaves_the_modes_of_the_caller_unchanged()
    {
        var view = Views.Known(Sequences.Pairs(5, 2, 2), 2, 2);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, 2));
        var output = transformer.Transform(view);

        ViewReader.Rows(output);
        Assert.IsTrue(is_grad_enabled());
        Assert.IsFalse(is_inference_mode_enabled());
        using (no_grad())
        {
            ViewReader.Rows(output);
            Assert.IsFalse(is_grad_enabled());
        }

        using (inference_mode())
        {
            ViewReader.Rows(output);
            Assert.IsTrue(is_inference_mode_enabled());
        }

        Assert.IsTrue(is_grad_enabled());
        Assert.IsFalse(is_inference_mode_enabled());
    }

    // The gradients and weights of five steps, with something done between forward, backward and step.
    private static float[] Train(Action between)
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        using var optimizer = torch.optim.SGD(module.parameters(), 0.1);
        var (previous, current) = Tensors.Batch(Sequences.Pairs(4, 3, 2, seed: 2), 3, 2);
        var target = tensor([0.5f, -0.25f]);
        var trace = new List<float>();
        for (var step = 0; step < 5; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            var (sequences, _) = module.forward(previous, current);
            between();
            var loss = (sequences - target).pow(2).mean();
            between();
            loss.backward();
            trace.AddRange(module.InitialEmbedding.grad!.Floats());
            between();
            optimizer.step();
            trace.AddRange(module.InitialEmbedding.Floats());
        }

        // It does learn: each step moves it nearer.
        Assert.IsTrue(trace.All(value => value != 0));
        return [.. trace];
    }
}
