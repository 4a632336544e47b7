using System.Collections;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>
/// The expectations of ML.NET's own test framework of every view: the same rows for any set of columns, by one cursor or several.
/// </summary>
internal static class ViewChecklist
{
    /// <summary>Reads a view in every way there is; gives its rows, all visible columns.</summary>
    /// <param name="view">The view.</param>
    /// <param name="tolerance">By how much numbers may differ from one way to another, as sums of another order do.</param>
    public static List<RowCopy> Holds(IDataView view, double tolerance = 0)
    {
        var all = ViewReader.Columns(view.Schema);
        var rows = Read(view, all);
        Assert.HasCount(rows.Count, rows.Select(row => row.Id).ToHashSet(), "Row ids are not unique.");
        if (view.GetRowCount() is { } count)
            Assert.AreEqual(count, rows.Count);

        SameColumns(rows, view, [.. all.Where(column => column.Index % 2 == 0)], tolerance);
        SameColumns(rows, view, [.. all.Where(column => column.Index % 2 == 1)], tolerance);
        foreach (var column in all)
            SameColumns(rows, view, [column], tolerance);

        for (var cursors = 1; cursors <= 4; cursors++)
            SameRows(rows, InParallel(view, cursors), $"{cursors} parallel cursors.", checkPositions: false, tolerance);
        if (view.CanShuffle)
            SameRows(rows, Shuffled(view), "The shuffled view.", checkPositions: false, tolerance);
        return rows;
    }

    /// <summary>Both hold the same values under the same ids.</summary>
    public static void SameRows(List<RowCopy> expected, List<RowCopy> actual, string about, bool checkPositions = true, double tolerance = 0)
    {
        SameValues(expected, actual, about, tolerance);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.AreEqual(expected[i].Id, actual[i].Id, about);
            if (checkPositions)
                Assert.AreEqual(expected[i].Position, actual[i].Position, about);
        }
    }

    /// <summary>Both hold the same values in the columns of the second, in the same order.</summary>
    public static void SameValues(List<RowCopy> expected, List<RowCopy> actual, string about, double tolerance = 0)
    {
        Assert.HasCount(expected.Count, actual, about);
        for (var i = 0; i < expected.Count; i++)
        {
            foreach (var (column, value) in actual[i].Values)
            {
                Assert.IsTrue(Equal(expected[i][column], value, tolerance), $"{about} Column '{column}', row {i}.");
            }
        }
    }

    private static bool Equal(object expected, object actual, double tolerance) => (expected, actual) switch
    {
        (float one, float other) when tolerance > 0 => one.Equals(other) || Math.Abs(one - other) <= tolerance,
        (float[] ones, float[] others) when tolerance > 0 =>
            ones.Length == others.Length && ones.Zip(others).All(pair => Equal(pair.First, pair.Second, tolerance)),
        _ => StructuralComparisons.StructuralEqualityComparer.Equals(expected, actual),
    };

    private static void SameColumns(List<RowCopy> rows, IDataView view, DataViewSchema.Column[] columns, double tolerance) =>
        SameRows(rows, Read(view, columns), $"Alone: {string.Join(", ", columns.Select(column => column.Name))}.", tolerance: tolerance);

    private static List<RowCopy> Read(IDataView view, DataViewSchema.Column[] columns)
    {
        using var cursor = view.GetRowCursor(columns);
        Assert.AreSame(view.Schema, cursor.Schema);
        foreach (var column in columns)
            Assert.IsTrue(cursor.IsColumnActive(column), column.Name);
        return ViewReader.Rows(cursor, columns);
    }

    private static List<RowCopy> InParallel(IDataView view, int count)
    {
        var columns = ViewReader.Columns(view.Schema);
        var cursors = view.GetRowCursorSet(columns, count);
        Assert.IsInRange(1, count, cursors.Length);
        var parts = new List<RowCopy>[cursors.Length];
        Parallel.For(0, cursors.Length, i =>
        {
            using var cursor = cursors[i];
            parts[i] = ViewReader.Rows(cursor, columns);
        });

        // Whoever reads several cursors puts their batches in order; a batch is never torn.
        foreach (var part in parts)
            CollectionAssert.AreEqual(part.Select(row => row.Batch).Order().ToArray(), part.Select(row => row.Batch).ToArray());
        return [.. parts.SelectMany(part => part).OrderBy(row => row.Batch)];
    }

    private static List<RowCopy> Shuffled(IDataView view)
    {
        var columns = ViewReader.Columns(view.Schema);
        using var cursor = view.GetRowCursor(columns, new Random(1));
        var order = Read(view, columns).Select((row, position) => (row.Id, position)).ToDictionary(row => row.Id, row => row.position);
        return [.. ViewReader.Rows(cursor, columns).OrderBy(row => order[row.Id])];
    }
}
