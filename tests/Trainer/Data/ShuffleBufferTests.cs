using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>A shuffle buffer shuffles a stream of rows and holds a limited number of them.</summary>
[TestClass]
public sealed class ShuffleBufferTests
{
    [TestMethod]
    public void Full_buffer_releases_one_row_for_each_row_added() => Property.Check(
        from capacity in Gen.Choose(1, 40)
        from rows in Gen.Choose(0, 100)
        select (capacity, rows),
        one =>
        {
            var lane = new ShuffleBuffer(one.capacity, seed: 1);
            var added = 0;
            foreach (var row in EpochShufflerTests.Rows(one.rows))
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
    public void Take_returns_at_most_the_requested_and_the_available_rows()
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
    public void Each_buffered_row_is_equally_likely_to_be_first(int capacity)
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
    public void Seed_decides_the_order()
    {
        CollectionAssert.AreEqual(Order(1), Order(1));
        CollectionAssert.AreNotEqual(Order(1), Order(2));

        static long[] Order(int seed) => [.. Full(30, seed, capacity: 8).Take(30).Select(row => row.Number)];
    }

    private static ShuffleBuffer Full(int rows, int seed, int capacity = 100)
    {
        var lane = new ShuffleBuffer(capacity, seed);
        foreach (var row in EpochShufflerTests.Rows(rows))
            lane.Add(row);
        lane.Flush();
        return lane;
    }
}
