using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Threads with their own libtorch thread counts. The counts are read, so no other test runs at the same time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TorchThreadPoolTests
{
    [TestMethod]
    public void Each_thread_has_its_own_libtorch_thread_count()
    {
        var own = get_num_threads();
        using var workers = new TorchThreadPool(2, threadsEach: own + 3);
        var numbers = new int[2];

        workers.Run(2, part => numbers[part] = get_num_threads());

        CollectionAssert.AreEqual(new[] { own + 3, own + 3 }, numbers);
        Assert.AreEqual(own, get_num_threads());
        Assert.AreEqual(own, OfANewThread());
    }

    /// <summary>Whoever sets it, and on whichever thread: it is what new threads start with.</summary>
    [TestMethod]
    public void Thread_count_set_by_another_thread_is_kept()
    {
        var own = get_num_threads();
        var other = new Thread(() => set_num_threads(own + 2));
        other.Start();
        other.Join();
        try
        {
            using var workers = new TorchThreadPool(2, threadsEach: 1);
            workers.Run(2, _ => { });

            Assert.AreEqual(own + 2, OfANewThread());
            Assert.AreEqual(own, get_num_threads());
        }
        finally
        {
            set_num_threads(own);
        }
    }

    [TestMethod]
    public void Parts_run_at_the_same_time()
    {
        using var workers = new TorchThreadPool(3, threadsEach: 1);
        using var together = new Barrier(3);

        workers.Run(3, _ => Assert.IsTrue(together.SignalAndWait(TimeSpan.FromSeconds(30))));
    }

    /// <summary>However little of them has started by then.</summary>
    [TestMethod]
    public void Work_given_right_after_creation_is_done()
    {
        for (var round = 0; round < 50; round++)
        {
            var done = new bool[1 + round % 2];
            using var workers = new TorchThreadPool(done.Length, threadsEach: 1);

            workers.Run(done.Length, part => done[part] = true);

            Assert.DoesNotContain(false, done);
        }
    }

    [TestMethod]
    public void Threads_are_background_threads()
    {
        using var workers = new TorchThreadPool(1, threadsEach: 1);
        var isBackground = false;

        workers.Run(1, _ => isBackground = Thread.CurrentThread.IsBackground);

        Assert.IsTrue(isBackground);
    }

    [TestMethod]
    public void Error_of_the_first_failing_part_is_thrown_and_the_threads_stay_usable()
    {
        using var workers = new TorchThreadPool(3, threadsEach: 1);
        var done = new bool[3];

        var error = Assert.Throws<InvalidOperationException>(() => workers.Run(3, part =>
        {
            done[part] = true;
            if (part > 0)
                throw new InvalidOperationException($"part {part}");
        }));

        Assert.AreEqual("part 1", error.Message);
        CollectionAssert.AreEqual(new[] { true, true, true }, done);
        workers.Run(2, part => done[part] = false);
        CollectionAssert.AreEqual(new[] { false, false, true }, done);
    }

    [TestMethod]
    public void Dispose_ends_the_threads()
    {
        var threads = new Thread[2];
        using (var workers = new TorchThreadPool(2, threadsEach: 1))
            workers.Run(2, part => threads[part] = Thread.CurrentThread);

        foreach (var thread in threads)
            Assert.IsTrue(thread.Join(TimeSpan.FromSeconds(30)));
    }

    private static int OfANewThread()
    {
        var number = 0;
        var thread = new Thread(() => number = get_num_threads());
        thread.Start();
        thread.Join();
        return number;
    }
}
