using System.Runtime.CompilerServices;
using FsCheck.Fluent;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>Cursors that are not read to the end.</summary>
[TestClass]
[DoNotParallelize]
public sealed class UndisposedCursorTests
{
    private const int Rows = 20;

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Cursor_disposed_at_any_row_frees_input_and_tensors(EngineKind engine)
    {
        var view = Views.Known(Sequences.Pairs(Rows, 3, 2), 3, 2);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 3));
        var output = transformer.Transform(view);
        ViewReader.Rows(output);

        Property.Check(Gen.Choose(0, Rows), rows =>
        {
            Assert.AreEqual(0, Tensors.LeftBy(() =>
            {
                using var cursor = output.GetRowCursor(output.Schema);
                for (var row = 0; row < rows; row++)
                    Assert.IsTrue(cursor.MoveNext());
            }));
            Assert.AreEqual(view.Opened, view.Disposed);
        });
    }

    [TestMethod]
    public void Undisposed_cursor_leaves_no_tensor_after_garbage_collection()
    {
        var view = Views.Known(Sequences.Pairs(Rows, 3, 2), 3, 2);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, 3));
        ViewReader.Rows(transformer.Transform(view));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = torch.Tensor.TotalCount;

        Drop();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.AreEqual(before, torch.Tensor.TotalCount);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Drop()
        {
            var output = transformer.Transform(view);
            Assert.IsTrue(output.GetRowCursor(output.Schema).MoveNext());
            Assert.AreNotEqual(before, torch.Tensor.TotalCount);
        }
    }
}
