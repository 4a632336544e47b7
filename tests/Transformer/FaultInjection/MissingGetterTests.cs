using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>
/// An input that opens a cursor and then fails to give a getter: the error is that of the input, and the cursor is closed.
/// </summary>
[TestClass]
public sealed class MissingGetterTests
{
    [TestMethod]
    [DataRow(EngineKind.Managed, Views.Previous)]
    [DataRow(EngineKind.Managed, Views.Current)]
    [DataRow(EngineKind.Torch, Views.Previous)]
    [DataRow(EngineKind.Torch, Views.Current)]
    [DataRow(EngineKind.Torch, "Number")]
    public void Missing_getter_of_a_view_is_an_error_that_closes_the_input(EngineKind engine, string column)
    {
        var view = View(column);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 3));
        var output = transformer.Transform(view);

        Expect.Error<IOException>($"The input has no '{column}'.", () => output.GetRowCursor(output.Schema));
        Expect.Error<IOException>($"The input has no '{column}'.", () => output.GetRowCursorSet(output.Schema, 2));

        Assert.AreEqual(3, view.Opened);
        Assert.AreEqual(3, view.Disposed);
    }

    [TestMethod]
    [DataRow(Views.Previous)]
    [DataRow(Views.Current)]
    [DataRow("Number")]
    public void Missing_getter_of_batches_is_an_error_that_closes_the_input(string column)
    {
        var view = View(column);
        using var transformer = Transformers.Fit(view);

        Expect.Error<IOException>(
            $"The input has no '{column}'.", () => transformer.ToBatches(view, new() { ScalarColumnNames = ["Number"] }).First().Dispose());

        Assert.AreEqual(1, view.Opened);
        Assert.AreEqual(1, view.Disposed);
    }

    private static TestView View(string missing)
    {
        var type = new VectorDataViewType(NumberDataViewType.Single, 3, 2);
        return new TestView(9) { GetterFailsOf = missing, MaxCursors = 2 }
            .Vector(Views.Previous, type, _ => new float[6])
            .Vector(Views.Current, type, _ => new float[6])
            .Scalar("Number", NumberDataViewType.Int32, row => (int)row);
    }
}
