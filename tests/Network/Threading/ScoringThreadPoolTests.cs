using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The scoring threads of the process. They are shared, so no other test runs at the same time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ScoringThreadPoolTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Each_part_runs_once_on_its_own_thread_without_gradients_in_the_inference_mode_of_the_caller(bool inference)
    {
        using var mode = inference_mode(inference);
        var found = new (Thread? Thread, int Runs, bool Gradients, bool Inference, int TorchThreads)[3];

        ScoringThreadPool.Run(3, found.Length, part => found[part] =
            (Thread.CurrentThread, found[part].Runs + 1, is_grad_enabled(), is_inference_mode_enabled(), get_num_threads()));

        Assert.HasCount(found.Length + 1, found.Select(part => part.Thread).Append(Thread.CurrentThread).Distinct().ToArray());
        foreach (var part in found)
            Assert.AreEqual((1, false, inference, 1), (part.Runs, part.Gradients, part.Inference, part.TorchThreads));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Busy_pool_runs_the_parts_in_turn_on_the_calling_thread(bool inference)
    {
        var found = new List<(int Part, Thread Thread, bool Gradients, bool Inference, int TorchThreads)>();
        var (caller, before, after) = ((Thread?)null, 0, 0);
        ScoringThreadPool.Run(2, 1, _ =>
        {
            using var mode = inference_mode(inference);
            using var own = IntraOpThreads.Use(5);
            (caller, before) = (Thread.CurrentThread, get_num_threads());
            ScoringThreadPool.Run(2, 2, part => found.Add((part, Thread.CurrentThread, is_grad_enabled(), is_inference_mode_enabled(), get_num_threads())));
            after = get_num_threads();
        });

        CollectionAssert.AreEqual(new[] { (0, caller, false, inference, 1), (1, caller, false, inference, 1) }, found);
        Assert.AreEqual((5, 5), (before, after));
    }

    [TestMethod]
    public void Error_reaches_the_caller_and_the_pool_stays_usable()
    {
        Expect.Error<InvalidOperationException>(() => ScoringThreadPool.Run(2, 2, part => throw new InvalidOperationException($"part {part}")), "part 0");
        Thread? ran = null;
        ScoringThreadPool.Run(2, 1, _ => ran = Thread.CurrentThread);
        Assert.AreNotEqual(Thread.CurrentThread, ran);
    }

    [TestMethod]
    public void Another_thread_count_ends_the_old_threads()
    {
        var (two, again, three) = (new Thread[2], new Thread[2], new Thread[3]);

        ScoringThreadPool.Run(2, 2, part => two[part] = Thread.CurrentThread);
        ScoringThreadPool.Run(2, 2, part => again[part] = Thread.CurrentThread);
        ScoringThreadPool.Run(3, 3, part => three[part] = Thread.CurrentThread);

        CollectionAssert.AreEqual(two, again);
        Assert.HasCount(5, two.Concat(three).Distinct().ToArray());
        foreach (var thread in two)
            Assert.IsTrue(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.IsTrue(Array.TrueForAll(three, thread => thread.IsAlive));
    }
}
