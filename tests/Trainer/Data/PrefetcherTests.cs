namespace MlNetNtd.Tests;

/// <summary>A sequence that is produced on its own thread.</summary>
[TestClass]
public sealed class PrefetcherTests
{
    [TestMethod]
    public void Sequence_is_unchanged_and_made_on_one_other_thread()
    {
        var threads = new HashSet<int>();

        CollectionAssert.AreEqual(Enumerable.Range(0, 1000).ToArray(), Prefetcher.Prefetch(Made()).ToArray());

        Assert.HasCount(1, threads);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);

        IEnumerable<int> Made()
        {
            for (var i = 0; i < 1000; i++)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                yield return i;
            }
        }
    }

    [TestMethod]
    public void Error_is_thrown_in_its_turn()
    {
        var seen = new List<int>();

        var error = Assert.ThrowsExactly<FormatException>(() =>
        {
            foreach (var one in Prefetcher.Prefetch(Failing()))
                seen.Add(one);
        });

        Assert.AreEqual("third", error.Message);
        CollectionAssert.AreEqual(new[] { 1, 2 }, seen);

        static IEnumerable<int> Failing()
        {
            yield return 1;
            yield return 2;
            throw new FormatException("third");
        }
    }

    [TestMethod]
    public void Early_exit_disposes_prefetched_items()
    {
        var (made, dropped, ended) = (0, new List<int>(), false);

        Assert.AreEqual(0, Prefetcher.Prefetch(Endless(), dropped.Add).First());

        Assert.IsTrue(ended, "The sequence was not left.");
        CollectionAssert.AreEquivalent(Enumerable.Range(1, made - 1).ToArray(), dropped);

        IEnumerable<int> Endless()
        {
            try
            {
                while (true)
                    yield return made++;
            }
            finally
            {
                ended = true;
            }
        }
    }

    [TestMethod]
    public void Early_exit_disposes_the_ready_item_and_the_one_in_progress()
    {
        var (made, dropped) = (0, new List<int>());
        foreach (var one in Prefetcher.Prefetch(Endless(), dropped.Add))
        {
            // One ready, and one that waits for its place.
            SpinWait.SpinUntil(() => Volatile.Read(ref made) >= 3);
            Assert.AreEqual(0, one);
            break;
        }

        CollectionAssert.AreEquivalent(new[] { 1, 2 }, dropped);

        IEnumerable<int> Endless()
        {
            while (true)
                yield return Interlocked.Increment(ref made) - 1;
        }
    }

    [TestMethod]
    public void Prefetch_is_at_most_three_items_ahead()
    {
        var (made, furthest) = (0, 0);
        foreach (var one in Prefetcher.Prefetch(Counted()))
            furthest = Math.Max(furthest, Volatile.Read(ref made) - one);

        // One worked on, one ready, one that waits to be.
        Assert.IsLessThanOrEqualTo(3, furthest);

        IEnumerable<int> Counted()
        {
            for (var i = 0; i < 500; i++)
                yield return Interlocked.Increment(ref made) - 1;
        }
    }
}
