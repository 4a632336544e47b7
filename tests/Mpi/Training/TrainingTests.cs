using System.Globalization;
using MlNetNtd.Tests;

namespace MlNetNtd.Mpi.Tests;

/// <summary>Distributed training over each MPI.</summary>
public abstract class TrainingTests
{
    private const int Steps = 50;

    private protected abstract Mpirun Mpirun { get; }

    private protected virtual Mpirun.Ended Train(int processes, params string[] arguments) => Mpirun.Run(processes, ["train", .. arguments]);

    [TestMethod]
    [DataRow(2)]
    [FullRunRow(4)]
    public void Losses_of_50_steps_equal_those_of_one_process_and_every_rank_gets_the_same_scorer(int processes) => Mpirun.InFolder(folder =>
    {
        // One step an epoch, so that the history has the loss of each.
        var alone = Alone(folder, $"{Steps}");

        var ended = Train(processes, folder, $"{Steps}");

        Assert.AreEqual(0, ended.Code, ended.Said);
        var found = Enumerable.Range(0, processes).Select(rank => File.ReadAllLines(Path.Combine(folder, $"{rank}"))).ToArray();
        Same(alone, found[0]);
        foreach (var one in found)
            CollectionAssert.AreEqual(found[0], one);
    });

    [TestMethod]
    [FullRun]
    public void Dead_rank_ends_the_others_within_30_seconds_and_a_new_run_resumes_from_the_checkpoint() => Mpirun.InFolder(folder =>
    {
        string[] plan = [folder, "5", "steps=4"];
        var alone = Alone(plan);
        var checkpoint = $"checkpoint={Path.Combine(folder, "checkpoint")}";

        var died = Train(4, [.. plan, checkpoint, "dies=2", "at=7"]);

        Assert.AreNotEqual(0, died.Code);
        Assert.MatchesRegex(@"rank 2\b.*(on signal 9|ended with 137)", died.Said);
        Assert.IsLessThan(TimeSpan.FromSeconds(30), died.Took);
        Assert.DoesNotContain("Goes on", died.Said);

        var later = Train(2, [.. plan, checkpoint]);

        Assert.AreEqual(0, later.Code, later.Said);
        Assert.Contains("Goes on from the checkpoint", later.Said);
        Assert.Contains("epoch 2, 2 of 4 batches done", later.Said);
        Same(alone, File.ReadAllLines(Path.Combine(folder, "0")));
    });

    [TestMethod]
    public void Different_options_in_one_process_fail_in_all() => Mpirun.InFolder(folder =>
    {
        var ended = Train(2, folder, "1", "fails=1");

        Assert.AreNotEqual(0, ended.Code);
        Assert.Contains("process 1 of 2 (ranks from 0) trains something else than the first one: LearningRate is 1, there it is 0.01", ended.Said);
    });

    internal static string[] Alone(params string[] arguments)
    {
        var ended = Mpirun.RunAlone([], ["train", .. arguments]);
        Assert.AreEqual(0, ended.Code, ended.Said);
        return File.ReadAllLines(Path.Combine(arguments[0], "0"));
    }

    internal static void Same(string[] expected, string[] found)
    {
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < expected.Length - 1; i++)
            Assert.AreEqual(Number(expected[i]), Number(found[i]), 1e-5, $"loss {i + 1}");
        Assert.IsLessThan(Number(expected[0]) - 0.05, Number(expected[^2]), "It learns nothing, so equal losses show little.");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>Under Open MPI.</summary>
[TestClass]
[NeedsOpenMpi]
public sealed class OpenMpiTrainingTests : TrainingTests
{
    private protected override Mpirun Mpirun => Mpirun.OpenMpi!;
}

/// <summary>Under MPICH.</summary>
[TestClass]
[NeedsMpich]
public sealed class MpichTrainingTests : TrainingTests
{
    private protected override Mpirun Mpirun => Mpirun.Mpich!;

    // MPICH's mpirun does not always name the process that died first: the shell around each one does.
    private protected override Mpirun.Ended Train(int processes, params string[] arguments) =>
        Mpirun.RunInShell(processes, Mpirun.NamesRank, ["train", .. arguments]);
}
