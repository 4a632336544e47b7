using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The tensors and modules that a transformer owns and gives away.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TransformerLifetimeTests
{
    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Second_dispose_does_nothing(EngineKind engine)
    {
        var view = View();
        var transformer = Transformers.Fit(view, options => options.Engine = engine);
        ViewReader.Rows(transformer.Transform(view));
        transformer.Dispose();
        transformer.Dispose();
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Disposed_transformer_refuses_use(EngineKind engine)
    {
        var (context, view) = (new MLContext(seed: 1), View());
        var transformer = Transformers.Fit(view, options => options.Engine = engine, context);
        transformer.Dispose();

        Refuses(() => transformer.Transform(view));
        Refuses(() => transformer.GetOutputSchema(view.Schema));
        Refuses(() => transformer.GetRowToRowMapper(view.Schema));
        Refuses(() => transformer.CreateModule());
        Refuses(() => transformer.WithInitialEmbedding([1, 2]));
        Refuses(() => context.Model.Save(transformer, view.Schema, new MemoryStream()));
        // What it was made of can still be asked.
        Assert.AreEqual(2, transformer.EmbeddingDimension);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void View_of_a_disposed_transformer_refuses_use(EngineKind engine)
    {
        var view = View();
        var transformer = Transformers.Fit(view, options => options.Engine = engine);
        var output = transformer.Transform(view);
        var mapper = transformer.GetRowToRowMapper(view.Schema);
        ViewReader.Rows(output);
        transformer.Dispose();

        Refuses(() => output.GetRowCursor(output.Schema));
        Refuses(() => output.GetRowCursorSet(output.Schema, 2));
        using var row = view.GetRowCursor(view.Schema);
        Refuses(() => mapper.GetRow(row, output.Schema));
        // Nothing that was opened on the way stays open.
        row.Dispose();
        Assert.AreEqual(view.Opened, view.Disposed);
    }

    [TestMethod]
    public void Open_cursor_of_a_disposed_transformer_fails_at_its_next_block()
    {
        var view = View();
        var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, 4));
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);
        var combined = ViewReader.Reader(cursor, output.Schema[Views.Combined]);
        Assert.IsTrue(cursor.MoveNext());
        transformer.Dispose();

        for (var row = 1; row < 4; row++)
            Assert.IsTrue(cursor.MoveNext());
        Assert.HasCount(12, (float[])combined());
        // Again and again: to go on behind the lost block would hide it.
        Refuses(() => cursor.MoveNext());
        Refuses(() => cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    public void Created_module_has_the_weights_of_the_transformer()
    {
        using var scope = NewDisposeScope();
        float[] initial = [0.25f, -3];
        var view = View();
        var transformer = Transformers.Fit(view, options => options.InitialEmbedding = initial);

        using var module = transformer.CreateModule();
        // It is the caller's own.
        transformer.Dispose();

        Assert.AreEqual(2, module.EmbeddingDimension);
        Assert.AreEqual(3, module.MaxTokens);
        Expect.SameBits(initial, module.InitialEmbedding.Floats());
        Assert.IsTrue(module.InitialEmbedding.requires_grad);
        Assert.IsFalse(module.training);
        var row = Sequences.Pair(new Random(1), 3, 2);
        var (previous, current) = Tensors.Batch([row], 3, 2);
        Expect.SameBits(Reference.Combined(initial, row), module.forward(previous, current).Sequences.Floats());
    }

    [TestMethod]
    public void Changed_module_does_not_affect_the_transformer()
    {
        var view = View();
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.InitialEmbedding) = (EngineKind.Torch, [1f, 2f]));
        using (var module = transformer.CreateModule())
            module.reset_parameters();
        using (var module = transformer.CreateModule())
            Expect.SameBits([1, 2], module.InitialEmbedding.Floats());
        Expect.SameBits([1, 2], ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined)[0].AsSpan(0, 2));
    }

    [TestMethod]
    public void Module_made_under_inference_mode_can_be_trained()
    {
        using var transformer = Transformers.Fit(View());
        NextTokenDiscriminator module;
        using (inference_mode())
            module = transformer.CreateModule();
        Assert.IsTrue(module.InitialEmbedding.requires_grad);
        module.Dispose();
    }

    [TestMethod]
    public void Transformer_leaves_the_global_generator_unchanged()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var expected = rand(5).Floats();

        manual_seed(7);
        var view = View();
        using (var transformer = Transformers.Fit(view, options => options.Engine = EngineKind.Torch, new MLContext(seed: 3)))
        {
            ViewReader.Rows(transformer.Transform(view));
            transformer.CreateModule().Dispose();
        }

        Expect.SameBits(expected, rand(5).Floats());
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Dispose_scope_of_the_caller_is_unaffected(EngineKind engine)
    {
        var rows = Sequences.Pairs(10, 3, 2);
        var view = Views.Known(rows, 3, 2);
        NextTokenDiscriminatorTransformer transformer;
        IDataView output;
        Tensor own;
        using (var scope = NewDisposeScope())
        {
            own = ones(3);
            transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 4));
            output = transformer.Transform(view);
            Assert.HasCount(10, ViewReader.Rows(output));
            // The transform makes its tensors outside the scope.
            Assert.AreEqual(1, scope.DisposablesCount);
            Assert.IsFalse(own.IsInvalid);
            Assert.AreSame(scope, CurrentDisposeScope);
        }

        Assert.IsTrue(own.IsInvalid);
        var combined = ViewReader.Vectors<float>(output, Views.Combined);
        for (var row = 0; row < rows.Length; row++)
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), combined[row], $"Row {row}.");
        transformer.Dispose();
    }

    [TestMethod]
    public void Cursor_opened_in_a_scope_can_be_read_after_it()
    {
        var rows = Sequences.Mixed(11, 5, 2);
        var view = Views.Unknown(rows);
        using var transformer = Transformers.Fit(
            view, options => (options.Engine, options.BatchSize, options.EmbeddingDimension) = (EngineKind.Torch, 2, 2));
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor([output.Schema[Views.Combined]]);
        var combined = ViewReader.Reader(cursor, output.Schema[Views.Combined]);
        for (var row = 0; row < rows.Length; row++)
        {
            using (NewDisposeScope())
                Assert.IsTrue(cursor.MoveNext());
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), (float[])combined(), $"Row {row}.");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Many_blocks_leave_no_tensor_behind(int batchSize)
    {
        var view = Views.Unknown(Sequences.Mixed(200, 6, 2));
        var left = Tensors.LeftBy(() =>
        {
            using var transformer = Transformers.Fit(
                view, options => (options.Engine, options.BatchSize, options.EmbeddingDimension) = (EngineKind.Torch, batchSize, 2));
            var output = transformer.Transform(view);
            ViewReader.Rows(output);

            // Half way through, and by eight cursors at once.
            using (var cursor = output.GetRowCursor(output.Schema))
                cursor.MoveNext();
            foreach (var cursor in output.GetRowCursorSet(output.Schema, 8))
                cursor.Dispose();
            Parallel.For(0, 8, _ => ViewReader.Rows(output));
        });

        // The weights of the engine, which it makes once.
        Assert.AreEqual(Tensors.LeftByOneParameter(), left);
    }

    [TestMethod]
    public void Mapped_row_leaves_no_tensor_behind()
    {
        var view = View();
        using var transformer = Transformers.Fit(view, options => options.Engine = EngineKind.Torch);
        ViewReader.Rows(transformer.Transform(view));
        var mapper = transformer.GetRowToRowMapper(view.Schema);

        Assert.AreEqual(0, Tensors.LeftBy(() =>
        {
            for (var time = 0; time < 10; time++)
            {
                using var input = view.GetRowCursor(view.Schema);
                using var row = mapper.GetRow(input, mapper.OutputSchema);
                var combined = ViewReader.Reader(row, mapper.OutputSchema[Views.Combined]);
                while (input.MoveNext())
                    combined();
            }
        }));
    }

    [TestMethod]
    public void Managed_engine_makes_no_tensor()
    {
        var view = View();
        Assert.AreEqual(0, Tensors.LeftBy(() =>
        {
            var before = DisposeScopeManager.Statistics.CreatedOutsideScopeCount + DisposeScopeManager.Statistics.CreatedInScopeCount;
            using var transformer = Transformers.Fit(view, options => options.Engine = EngineKind.Managed);
            ViewReader.Rows(transformer.Transform(view));
            var after = DisposeScopeManager.Statistics.CreatedOutsideScopeCount + DisposeScopeManager.Statistics.CreatedInScopeCount;
            Assert.AreEqual(before, after);
        }));
    }

    private static TestView View() => Views.Known(Sequences.Pairs(10, 3, 2), 3, 2);

    private static void Refuses(Action action)
    {
        var thrown = Assert.ThrowsExactly<ObjectDisposedException>(action);
        Assert.AreEqual(typeof(NextTokenDiscriminatorTransformer).FullName, thrown.ObjectName);
    }
}
