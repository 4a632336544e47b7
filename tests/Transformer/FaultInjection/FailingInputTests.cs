using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>An input that fails at any row and any column, read by any number of cursors.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FailingInputTests
{
    private const int Dimension = 2;
    private const int MaxTokens = 4;

    private enum Place
    {
        Move,
        Previous,
        Current,
        PassedThrough,
    }

    private static Gen<Case> Cases =>
        from rows in Gen.Choose(1, 25)
        from bad in Gen.Choose(0, rows - 1)
        from place in Gen.Elements(Enum.GetValues<Place>())
        from engine in Gen.Elements(EngineKind.Managed, EngineKind.Torch)
        from batchSize in Gen.Choose(1, 6)
        from cursors in Gen.Choose(1, 3)
        from seed in Gen.Choose(0, 1_000_000)
        select new Case(rows, bad, place, engine, batchSize, cursors, seed);

    [TestMethod]
    public void Failing_input_gives_correct_rows_then_its_error_and_frees_everything_once() => Property.Check(Cases, test =>
    {
        var perModule = Tensors.LeftByOneParameter();
        var left = Tensors.LeftBy(() => Read(test));

        Assert.IsTrue(left == 0 || left == perModule, $"{left} tensors are left.");
    });

    private static void Read(Case test)
    {
        var rows = Sequences.Mixed(test.Rows, MaxTokens, Dimension, test.Seed);
        var view = View(test, rows);
        using var transformer = Transformers.Fit(view, options =>
            (options.Engine, options.BatchSize, options.EmbeddingDimension, options.MaxTokens) = (test.Engine, test.BatchSize, Dimension, MaxTokens));
        var output = transformer.Transform(view);
        var (served, failures) = (new List<RowCopy>(), new List<string>());
        foreach (var cursor in output.GetRowCursorSet(output.Schema, test.Cursors))
        {
            using (cursor)
            {
                try
                {
                    ViewReader.Into(served, cursor, ViewReader.Columns(output.Schema));
                }
                catch (IOException e)
                {
                    failures.Add(e.Message);
                }
            }
        }

        Assert.AreEqual($"The input broke at row {test.Bad}.", failures.Single());
        var cursors = Math.Min(test.Cursors, view.MaxCursors);
        var expected = Enumerable.Range(0, test.Rows)
            .Where(row => row / view.BatchRows % cursors != test.Bad / view.BatchRows % cursors || row < test.Bad);
        CollectionAssert.AreEqual(expected.ToArray(), served.Select(row => (int)row["Number"]).Order().ToArray());
        foreach (var row in served)
            Expect.SameBits(Reference.Combined(new float[Dimension], rows[(int)row["Number"]]), (float[])row[Views.Combined]);
        Assert.AreEqual(view.Opened, view.Disposed);
    }

    private static TestView View(Case test, SequencePair[] rows)
    {
        var type = new VectorDataViewType(NumberDataViewType.Single);
        return new TestView(test.Rows) { MaxCursors = 3, BatchRows = 2, MoveNextFailsAt = test.Place == Place.Move ? test.Bad : null }
            .Vector(Views.Previous, type, row => Good(Place.Previous, row, rows[row].Previous))
            .Vector(Views.Current, type, row => Good(Place.Current, row, rows[row].Current))
            .Scalar("Number", NumberDataViewType.Int32, row => Good(Place.PassedThrough, row, (int)row));

        T Good<T>(Place place, long row, T value) =>
            place == test.Place && row == test.Bad ? throw new IOException($"The input broke at row {row}.") : value;
    }

    private sealed record Case(int Rows, int Bad, Place Place, EngineKind Engine, int BatchSize, int Cursors, int Seed);
}
