namespace MlNetNtd.Tests;

/// <summary>The parts of a job run once each, on the caller and on whatever threads are free.</summary>
[TestClass]
public sealed class WorkerPoolTests
{
    [TestMethod]
    [DataRow(1, 5)]
    [DataRow(4, 1)]
    [DataRow(4, 3)]
    [DataRow(4, 100)]
    public void Parts_run_once_each(int threads, int parts)
    {
        var pool = new WorkerPool(threads);
        for (var round = 0; round < 200; round++)
        {
            var work = new Counter(parts);
            pool.Run(work, parts);
            CollectionAssert.AreEqual(Enumerable.Repeat(1, parts).ToArray(), work.Runs);
        }
    }

    [TestMethod]
    public void Parts_run_once_each_when_several_callers_share_the_pool()
    {
        var pool = new WorkerPool(3);

        Parallel.For(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            var work = new Counter(7);
            pool.Run(work, 7);
            CollectionAssert.AreEqual(Enumerable.Repeat(1, 7).ToArray(), work.Runs);
        });
    }

    [TestMethod]
    public void Exception_of_a_part_reaches_the_caller_and_the_pool_goes_on()
    {
        var pool = new WorkerPool(3);

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => pool.Run(new Failing(), 8));

        Assert.AreEqual("part 5", error.Message);
        Parts_run_once_each(3, 8);
    }

    private sealed class Counter(int parts) : IWork
    {
        public int[] Runs { get; } = new int[parts];

        public void Run(int part) => Interlocked.Increment(ref Runs[part]);
    }

    private sealed class Failing : IWork
    {
        public void Run(int part)
        {
            if (part == 5)
                throw new InvalidOperationException($"part {part}");
        }
    }
}
