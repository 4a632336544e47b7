using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>A later pass is compared with the first, row by row.</summary>
[TestClass]
public sealed class RowFingerprintTests
{
    [TestMethod]
    public void Same_rows_in_the_same_order_have_the_same_fingerprint() => Property.Check(Gen.Choose(0, 300), rows =>
    {
        var reading = First(rows).StartReading();

        for (var row = 0; row < rows; row++)
            Assert.IsTrue(reading.Add((ulong)row));
        Assert.AreEqual(rows, reading.Rows);
        Assert.IsFalse(reading.HasMore);
    });

    [TestMethod]
    public void Swapped_rows_are_found_at_the_first_of_them() => Property.Check(
        Gen.Choose(2, 300).SelectMany(rows => Gen.Choose(0, rows - 2).SelectMany(first => Gen.Choose(first + 1, rows - 1).Select(second => (rows, first, second)))),
        swap =>
        {
            var reading = First(swap.rows).StartReading();

            for (var row = 0; row < swap.first; row++)
                Assert.IsTrue(reading.Add((ulong)row));
            Assert.IsFalse(reading.Add((ulong)swap.second));
        });

    [TestMethod]
    public void Additional_and_missing_rows_are_told_apart()
    {
        var first = First(3);
        var (more, fewer) = (first.StartReading(), first.StartReading());

        for (var row = 0; row < 4; row++)
            Assert.IsTrue(more.Add((ulong)row));
        Assert.IsTrue(more.HasMore);
        Assert.IsTrue(fewer.Add(0) && fewer.Add(1));
        Assert.AreNotEqual(first.Rows, fewer.Rows);
    }

    /// <summary>What is kept is bounded, and a difference is still found, some rows later.</summary>
    [TestMethod]
    public void Difference_among_very_many_rows_is_found_within_a_block()
    {
        const int rows = 3 * RowFingerprint.MaxMarks;
        const int changed = 2 * RowFingerprint.MaxMarks + 1;
        var first = First(rows);
        Assert.AreEqual(4, first.MarkInterval);
        var (same, other) = (first.StartReading(), first.StartReading());

        for (var row = 0; row < rows; row++)
            Assert.IsTrue(same.Add((ulong)row));
        var found = 0;
        while (other.Add(found == changed ? 0 : (ulong)found))
            found++;

        Assert.IsTrue(found >= changed && found < changed + first.MarkInterval, $"Row {found}.");
    }

    /// <summary>The last rows are not told by a mark of their own.</summary>
    [TestMethod]
    public void Last_row_of_very_many_is_checked()
    {
        const int rows = RowFingerprint.MaxMarks + 2;
        var other = First(rows + 1).StartReading();

        for (var row = 0; row < rows; row++)
            Assert.IsTrue(other.Add((ulong)row));
        Assert.IsFalse(other.Add(0));
    }

    private static RowFingerprint First(int rows)
    {
        var first = new RowFingerprint();
        for (var row = 0; row < rows; row++)
            first.Add((ulong)row);
        return first;
    }
}
