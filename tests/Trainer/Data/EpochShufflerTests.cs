using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Each epoch has every row once, in an order that the seed decides.</summary>
[TestClass]
public sealed class EpochShufflerTests
{
    [TestMethod]
    public void Every_row_comes_once_and_only_the_last_batch_is_smaller() => Property.Check(
        from rows in Gen.Choose(1, 300)
        from perStep in Gen.Choose(1, 20)
        from byLength in Gen.Elements(false, true)
        from seed in Gen.Choose(0, 1000)
        from pool in Gen.Choose(1, 400)
        select (rows, perStep, byLength, seed, pool),
        one =>
        {
            var (order, same) = (Order(one.perStep, one.byLength, one.seed, one.pool), Order(one.perStep, one.byLength, one.seed, one.pool));
            for (var epoch = 1; epoch <= 3; epoch++)
            {
                var steps = order.Of(epoch, one.rows);
                Assert.IsTrue(steps.SkipLast(1).All(step => step.Length == one.perStep));
                Assert.IsNotEmpty(steps[^1]);
                CollectionAssert.AreEquivalent(Enumerable.Range(0, one.rows).ToArray(), Numbers(steps));
                CollectionAssert.AreEqual(Numbers(steps), Numbers(same.Of(epoch, one.rows)));
            }
        });

    /// <summary>Only then does it need no more memory than that.</summary>
    [TestMethod]
    public void Rows_in_memory_are_at_most_the_buffer_and_a_step() => Property.Check(
        from pool in Gen.Choose(1, 64)
        from perStep in Gen.Choose(1, 20)
        select (pool, perStep),
        one =>
        {
            var (read, given) = (0, 0);
            foreach (var step in Order(one.perStep, byLength: false, seed: 1, one.pool).Steps(1, Rows(500).Select(row => { read++; return row; })))
            {
                Assert.IsLessThanOrEqualTo(Math.Max(one.pool, 8) + one.perStep, read - given);
                given += step.Length;
            }
        });

    [TestMethod]
    public void Rows_that_fit_the_buffer_are_fully_shuffled()
    {
        // How far rows move, in places: a third of all, where any place is as likely as any other.
        Assert.IsGreaterThan(300, Moved(1000));
        Assert.IsLessThan(100, Moved(50));

        double Moved(int pool) => Numbers(Order(8, byLength: false, seed: 1, pool).Of(1, 1000)).Select((number, place) => Math.Abs(number - place)).Average();
    }

    /// <summary>So that a process that has the rows of some lanes alone finds its share of each step.</summary>
    [TestMethod]
    public void Each_step_takes_equally_many_rows_of_each_stream()
    {
        foreach (var step in Order(16, byLength: false, seed: 1).Of(1, 160))
            CollectionAssert.AreEqual(new[] { 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7 }, step.Select(row => (int)row.Number % 8).ToArray());
    }

    [TestMethod]
    public void Epochs_differ_in_row_order_and_batch_order()
    {
        foreach (var byLength in new[] { false, true })
        {
            var order = Order(8, byLength, seed: 1);
            var (first, second) = (order.Of(1, 300), order.Of(2, 300));
            CollectionAssert.AreNotEqual(Numbers(first), Numbers(second));
            // Who meets whom is drawn anew, too.
            Assert.IsFalse(first.Select(Set).ToHashSet().SetEquals(second.Select(Set)));
        }

        static string Set(SequenceRow[] batch) => string.Join(' ', batch.Select(row => row.Number).Order());
    }

    [TestMethod]
    public void Rows_of_similar_length_leave_less_padding()
    {
        var (mixed, sorted) = (Order(8, byLength: false, seed: 1).Of(1, 600), Order(8, byLength: true, seed: 1).Of(1, 600));

        Assert.IsLessThan(Padding(mixed) / 4, Padding(sorted));
        // Batches come in no order of length.
        int[] lengths = [.. sorted.Select(batch => batch[0].PaddedTokens)];
        CollectionAssert.AreNotEqual(lengths.Order().ToArray(), lengths);
    }

    /// <summary>Rows are sorted within 32 steps, and these are shuffled, but for a smaller one at an epoch's end.</summary>
    [TestMethod]
    public void Steps_of_similar_length_are_shuffled_and_the_smaller_one_is_last()
    {
        var order = Order(2, byLength: true, seed: 1);
        var places = new HashSet<int>();
        for (var epoch = 1; epoch <= 200; epoch++)
        {
            // 32 whole steps: the longest rows are in any of them.
            var whole = order.Of(epoch, 64);
            places.Add(Array.FindLastIndex(whole, step => step.Max(row => row.PaddedTokens) == whole.Max(one => one.Max(row => row.PaddedTokens))));
            Assert.HasCount(1, order.Of(epoch, 63)[^1]);
        }

        Assert.IsGreaterThan(24, places.Count);
        Assert.Contains(31, places);
    }

    /// <summary>A checkpoint goes on with the order that it began with, whatever version goes on with it.</summary>
    [TestMethod]
    [DataRow(false, "0 5 2 7 8 1 6 11 12 13 14 15 16 17 18 19 4 21 10 3 20 9")]
    [DataRow(true, "9 4 15 14 6 5 2 17 0 11 16 12 10 21 8 1 19 18 3 20 7 13")]
    public void Order_of_a_seed_is_stable(bool byLength, string expected) =>
        Assert.AreEqual(expected, string.Join(' ', Numbers(Order(4, byLength, seed: 1, pool: 8).Of(2, 22))));

    [TestMethod]
    public void Log_says_how_much_padding_is_saved()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.Message);

        Trainers.Small(context, options => options.BucketByLength = true)
            .Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(Samples.Free(60, TokenRow.Tokens)))).Dispose();

        var line = lines.Single(line => line.Contains("(BucketByLength)"));
        var shares = Regex.Match(line, @": (\d+)% padding in place of (\d+)%\.");
        var (now, before) = (int.Parse(shares.Groups[1].Value), int.Parse(shares.Groups[2].Value));
        Assert.IsTrue(now < before && before is > 10 and < 100, line);
    }

    internal static IEnumerable<SequenceRow> Rows(int count)
    {
        var random = new Random(1);
        return Enumerable.Range(0, count).Select(number =>
        {
            var tokens = 1 + random.Next(50);
            return new SequenceRow([], tokens, null, tokens, [true], Number: number);
        }).ToArray();
    }

    private static int[] Numbers(SequenceRow[][] steps) => [.. steps.SelectMany(step => step).Select(row => (int)row.Number)];

    private static double Padding(SequenceRow[][] steps)
    {
        var count = new PaddingStatistics(steps[0].Length);
        foreach (var row in steps.SelectMany(step => step))
            count.Add(row);
        return count.Fraction;
    }

    private static EpochShuffler Order(int perStep, bool byLength, int seed, int pool = 10_000) =>
        new(DataShard.CreateUnsharded(perStep, byLength), byLength, seed, pool);
}

file static class RowOrderExtensions
{
    public static SequenceRow[][] Of(this EpochShuffler order, int epoch, int rows) => [.. order.Steps(epoch, EpochShufflerTests.Rows(rows))];
}
