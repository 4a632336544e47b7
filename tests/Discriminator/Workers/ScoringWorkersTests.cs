using static TorchSharp.torch;

namespace MlNetNtd.Discriminator.Tests;

/// <summary>The process's threads that score. They are everybody's, so nothing runs beside.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ScoringWorkersTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Each_part_runs_once_on_a_thread_of_its_own_without_gradients_and_as_the_caller_infers(bool inference)
    {
        using var mode = inference_mode(inference);
        var found = new (Thread? Thread, int Runs, bool Gradients, bool Inference, int TorchThreads)[3];

        Assert.IsTrue(ScoringWorkers.TryRun(3, found.Length, part => found[part] =
            (Thread.CurrentThread, found[part].Runs + 1, is_grad_enabled(), is_inference_mode_enabled(), get_num_threads())));

        Assert.HasCount(found.Length + 1, found.Select(part => part.Thread).Append(Thread.CurrentThread).Distinct().ToArray());
        foreach (var part in found)
            Assert.AreEqual((1, false, inference, 1), (part.Runs, part.Gradients, part.Inference, part.TorchThreads));
    }

    [TestMethod]
    public void Nobody_else_has_them_meanwhile_and_everybody_afterwards()
    {
        var (had, ran) = (true, false);
        Assert.IsTrue(ScoringWorkers.TryRun(2, 1, _ => had = ScoringWorkers.TryRun(2, 1, _ => ran = true)));
        Assert.IsFalse(had);
        Assert.IsFalse(ran);

        Expect.Error<InvalidOperationException>(() => ScoringWorkers.TryRun(2, 2, part => throw new InvalidOperationException($"part {part}")), "part 0");
        Assert.IsTrue(Elsewhere(() => ScoringWorkers.TryRun(2, 1, _ => ran = true)));
        Assert.IsTrue(ran);
    }

    [TestMethod]
    public void Where_there_are_to_be_another_number_the_ones_before_end()
    {
        var (two, again, three) = (new Thread[2], new Thread[2], new Thread[3]);

        ScoringWorkers.TryRun(2, 2, part => two[part] = Thread.CurrentThread);
        ScoringWorkers.TryRun(2, 2, part => again[part] = Thread.CurrentThread);
        ScoringWorkers.TryRun(3, 3, part => three[part] = Thread.CurrentThread);

        CollectionAssert.AreEqual(two, again);
        Assert.HasCount(5, two.Concat(three).Distinct().ToArray());
        foreach (var thread in two)
            Assert.IsTrue(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.IsTrue(Array.TrueForAll(three, thread => thread.IsAlive));
    }

    private static bool Elsewhere(Func<bool> act)
    {
        var result = false;
        var thread = new Thread(() => result = act());
        thread.Start();
        thread.Join();
        return result;
    }
}
