using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Many cursors at once on one transformer.</summary>
[TestClass]
public sealed class ParallelCursorTests
{
    [TestMethod]
    [DataRow(EngineKind.Managed, 2)]
    [DataRow(EngineKind.Managed, 8)]
    [DataRow(EngineKind.Torch, 2)]
    [DataRow(EngineKind.Torch, 8)]
    public void Cursors_of_a_set_divide_the_rows(EngineKind engine, int count)
    {
        var rows = Sequences.Mixed(61, 5, 3);
        var view = WideView(rows);
        using var transformer = Fit(view, engine);
        var output = transformer.Transform(view);
        var columns = ViewReader.Columns(output.Schema);
        var whole = ViewReader.Rows(output).ToDictionary(row => row.Id);

        var cursors = output.GetRowCursorSet(columns, count);
        Assert.HasCount(count, cursors);
        var parts = OnThreads(cursors, cursor =>
        {
            using (cursor)
                return ViewReader.Rows(cursor, columns);
        });

        Assert.HasCount(rows.Length, parts.SelectMany(part => part).Select(row => row.Id).Distinct().ToArray());
        Assert.AreEqual(rows.Length, parts.Sum(part => part.Count));
        foreach (var part in parts)
        {
            // A cursor counts its own rows, and never goes back in batches.
            CollectionAssert.AreEqual(Enumerable.Range(0, part.Count).ToArray(), part.Select(row => (int)row.Position).ToArray());
            CollectionAssert.AreEqual(part.Select(row => row.Batch).Order().ToArray(), part.Select(row => row.Batch).ToArray());
            foreach (var row in part)
                AssertSame(whole[row.Id], row);
        }

        // The one cursor over the whole, and those of the set.
        Assert.AreEqual(count + 1, view.Opened);
        Assert.AreEqual(count + 1, view.Disposed);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Set_has_as_many_cursors_as_the_input(EngineKind engine)
    {
        var view = WideView(Sequences.Mixed(10, 5, 3), maxCursors: 3);
        using var transformer = Fit(view, engine);
        var output = transformer.Transform(view);
        var cursors = output.GetRowCursorSet(output.Schema, 8);
        Assert.HasCount(3, cursors);
        foreach (var cursor in cursors)
            cursor.Dispose();
        Assert.AreEqual(3, view.Disposed);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Cursors_of_a_cached_view_divide_the_rows(EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var rows = TestRows.Shaped(500);
        var view = context.Data.Cache(context.Data.LoadFromEnumerable(rows));
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 7), context);
        var output = transformer.Transform(view);
        var columns = ViewReader.Columns(output.Schema, nameof(ShapedRow.Number), Views.Combined);

        var parts = OnThreads(output.GetRowCursorSet(columns, 4), cursor =>
        {
            using (cursor)
                return ViewReader.Rows(cursor, columns);
        });

        var all = parts.SelectMany(part => part).ToDictionary(row => (int)row[nameof(ShapedRow.Number)]);
        Assert.HasCount(rows.Count, all);
        foreach (var row in rows)
        {
            Expect.SameBits(
                Reference.Combined(new float[TestRows.Dimension], new(row.PreviousEmbeddings, row.CurrentEmbeddings)),
                (float[])all[row.Number][Views.Combined]);
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Eight_threads_read_one_view_at_once(EngineKind engine)
    {
        var rows = Sequences.Mixed(97, 7, 3);
        var view = Views.Unknown(rows).WithEveryKindOfColumn();
        using var transformer = Fit(view, engine);
        var output = transformer.Transform(view);

        var all = OnThreads(new int[8], _ => ViewReader.Rows(output));

        foreach (var read in all)
        {
            Assert.HasCount(rows.Length, read);
            for (var row = 0; row < rows.Length; row++)
            {
                AssertSame(all[0][row], read[row]);
                Expect.SameBits(Reference.Combined([0, 0, 0], rows[row]), (float[])read[row][Views.Combined], $"Row {row}.");
                Expect.Same<bool>(Reference.Blocked(rows[row].Previous.Length / 3), (bool[])read[row][Views.Mask], $"Row {row}.");
                Assert.AreEqual(row, read[row]["Number"]);
            }
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Eight_threads_use_one_transformer_on_different_views(EngineKind engine)
    {
        using var transformer = Fit(Views.Unknown([]), engine);
        int[] lengths = [1, 2, 3, 4, 5, 6, 7, 8];

        OnThreads(lengths, tokens =>
        {
            var rows = Sequences.Pairs(50, tokens, 3, seed: tokens);
            var output = transformer.Transform(Views.Known(rows, tokens, 3));
            var combined = ViewReader.Vectors<float>(output, Views.Combined);
            var masks = ViewReader.Vectors<bool>(output, Views.Mask);
            for (var row = 0; row < rows.Length; row++)
            {
                Expect.SameBits(Reference.Combined([0, 0, 0], rows[row]), combined[row], $"T = {tokens}, row {row}.");
                Expect.Same<bool>(Reference.Blocked(tokens), masks[row], $"T = {tokens}, row {row}.");
            }

            return true;
        });
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Cursors_of_a_set_can_be_read_in_turn_on_one_thread(EngineKind engine)
    {
        var rows = Sequences.Mixed(40, 5, 3);
        var view = WideView(rows, maxCursors: 4);
        using var transformer = Fit(view, engine);
        var output = transformer.Transform(view);
        var open = output.GetRowCursorSet(output.Schema, 4)
            .Select(cursor => (Cursor: cursor, Number: ViewReader.Reader(cursor, output.Schema["Number"]), Combined: ViewReader.Reader(cursor, output.Schema[Views.Combined])))
            .ToList();
        var seen = 0;
        while (open.Count > 0)
        {
            foreach (var one in open.ToArray())
            {
                if (!one.Cursor.MoveNext())
                {
                    one.Cursor.Dispose();
                    open.Remove(one);
                    continue;
                }

                Expect.SameBits(Reference.Combined([0, 0, 0], rows[(int)one.Number()]), (float[])one.Combined());
                seen++;
            }
        }

        Assert.AreEqual(rows.Length, seen);
    }

    private static TestView WideView(SequencePair[] rows, int maxCursors = 8) =>
        new TestView(rows.Length) { MaxCursors = maxCursors, BatchRows = 3 }
            .Vector(Views.Previous, new(NumberDataViewType.Single), row => rows[row].Previous)
            .Vector(Views.Current, new(NumberDataViewType.Single), row => rows[row].Current)
            .WithEveryKindOfColumn();

    private static NextTokenDiscriminatorTransformer Fit(TestView view, EngineKind engine) => Transformers.Fit(
        view, options => (options.Engine, options.BatchSize, options.EmbeddingDimension) = (engine, 5, 3));

    // Threads, not tasks: all of them run at once, however few cores there are.
    private static TResult[] OnThreads<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> work)
    {
        var results = new TResult[items.Count];
        var failures = new Exception?[items.Count];
        using var start = new Barrier(items.Count);
        var threads = Enumerable.Range(0, items.Count).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                results[i] = work(items[i]);
            }
            catch (Exception e)
            {
                failures[i] = e;
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failures.FirstOrDefault(failure => failure is not null) is { } failure
            ? throw new AssertFailedException(failure.Message, failure)
            : results;
    }

    private static void AssertSame(RowCopy expected, RowCopy actual)
    {
        Assert.AreEqual(expected.Id, actual.Id);
        Assert.AreEqual(expected.Batch, actual.Batch);
        foreach (var (column, value) in expected.Values)
        {
            if (value is Array values)
                CollectionAssert.AreEqual(values, (Array)actual[column], column);
            else
                Assert.AreEqual(value, actual[column], column);
        }
    }
}
