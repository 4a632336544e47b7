using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>A lane shuffles rows as they come, and holds no more of them than it may.</summary>
[TestClass]
public sealed class ShuffleBufferTests
{
    [TestMethod]
    public void For_each_row_that_comes_in_when_it_is_full_one_goes_out() => Property.Check(
        from capacity in Gen.Choose(1, 40)
        from rows in Gen.Choose(0, 100)
        select (capacity, rows),
        one =>
        {
            var lane = new ShuffleBuffer(one.capacity, seed: 1);
            var added = 0;
            foreach (var row in RowOrderTests.Rows(one.rows))
            {
                lane.Add(row);
                Assert.AreEqual(Math.Max(0, ++added - one.capacity), lane.OutputCount);
            }

            lane.Flush();

            Assert.AreEqual(one.rows, lane.OutputCount);
            CollectionAssert.AreEquivalent(
                Enumerable.Range(0, one.rows).ToArray(), lane.Take(one.rows).Select(row => (int)row.Number).ToArray());
        });

    [TestMethod]
    public void No_more_are_taken_than_are_asked_for_and_no_more_than_there_are()
    {
        var lane = Full(10, seed: 1);

        Assert.HasCount(4, lane.Take(4).ToArray());
        Assert.AreEqual(6, lane.OutputCount);
        Assert.HasCount(6, lane.Take(7).ToArray());
        Assert.IsEmpty(lane.Take(1).ToArray());
    }

    /// <summary>A shuffle that favours places would show in a few thousand of them.</summary>
    [TestMethod]
    [DataRow(4, DisplayName = "whole")]
    [DataRow(2, DisplayName = "as they come")]
    public void Of_rows_that_it_holds_at_once_each_goes_first_as_often(int capacity)
    {
        const int draws = 4000;
        var first = new int[4];
        for (var seed = 0; seed < draws; seed++)
            first[Full(4, seed, capacity).Take(1).Single().Number]++;

        // Six times the deviation of a fair draw.
        for (var row = 0; row < capacity; row++)
            Assert.AreEqual((double)draws / capacity, first[row], 6 * Math.Sqrt(draws * (1.0 / capacity) * (1 - 1.0 / capacity)), $"row {row}");
    }

    [TestMethod]
    public void Its_seed_decides_the_order()
    {
        CollectionAssert.AreEqual(Order(1), Order(1));
        CollectionAssert.AreNotEqual(Order(1), Order(2));

        static long[] Order(int seed) => [.. Full(30, seed, capacity: 8).Take(30).Select(row => row.Number)];
    }

    private static ShuffleBuffer Full(int rows, int seed, int capacity = 100)
    {
        var lane = new ShuffleBuffer(capacity, seed);
        foreach (var row in RowOrderTests.Rows(rows))
            lane.Add(row);
        lane.Flush();
        return lane;
    }
}
