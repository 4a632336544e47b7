using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using MlNetNtd.Tests;

namespace MlNetNtd.Mpi.Tests;

/// <summary>The collective calls of several processes, under each MPI.</summary>
public abstract class CollectiveTests
{
    // A start of several processes takes seconds, so that tests that only look at what they wrote share it.
    private static readonly Dictionary<(Mpirun Mpirun, int Count, string Mode), string[][]> Started = [];

    private protected abstract Mpirun Mpirun { get; }

    private protected virtual Mpirun.Ended Die(int processes, string rank) => Mpirun.Run(processes, "die", rank);

    [TestMethod]
    [FullRunRow(1)]
    [DataRow(2)]
    [FullRunRow(4)]
    public void Sum_of_all_processes_has_the_same_bits_in_each(int count)
    {
        var facts = Collect(count);
        var expected = Enumerable.Range(0, CollectiveLength.Length).Select(i => (float)(i % 1000) * count * (count + 1) / 2).ToArray();

        Assert.AreEqual($"exact {Hash(MemoryMarshal.AsBytes(expected.AsSpan()))}", facts.Select(of => of[1]).Distinct().Single());
        Assert.HasCount(1, facts.Select(of => of[2]).Distinct());
    }

    [TestMethod]
    [DataRow(2)]
    [FullRunRow(4)]
    public void Ranks_count_from_0_and_broadcast_and_gather_reach_every_process(int count)
    {
        var facts = Collect(count);
        var given = Enumerable.Range(0, CollectiveLength.Length).Select(i => (byte)i).ToArray();
        var gathered = string.Join(' ', Enumerable.Range(0, count).Select(rank => new string((char)('0' + rank), rank)));

        CollectionAssert.AreEqual(
            Enumerable.Range(0, count).Select(rank => $"rank {rank} of {count}, {rank} here").ToArray(), facts.Select(of => of[0]).ToArray());
        Assert.AreEqual($"given {Hash(given)}", facts.Select(of => of[3]).Distinct().Single());
        Assert.AreEqual($"gathered {gathered}", facts.Select(of => of[4]).Distinct().Single());
    }

    [TestMethod]
    [NeedsHostNames]
    [FullRun]
    public void Local_ranks_count_from_0_on_each_machine() =>
        CollectionAssert.AreEqual(
            new[] { "rank 0 of 3, 0 here", "rank 1 of 3, 0 here", "rank 2 of 3, 1 here" },
            Collect(folder => Mpirun.RunInShell(3, Mpirun.Rank1Elsewhere, "collectives", folder), 3).Select(of => of[0]).ToArray());

    [TestMethod]
    public void Null_reference_is_still_an_exception() =>
        Assert.AreEqual("a null is caught", Collect(2).Select(of => of[5]).Distinct().Single());

    [TestMethod]
    public void ToString_names_rank_count_and_library()
    {
        var facts = Collect(2, "life");
        var who = facts.Select((of, rank) => $"rank {rank} is process {of[1]}");

        Assert.AreEqual($"2 processes over {Mpirun.Library}: {string.Join(", ", who)}", facts.Select(of => of[0]).Distinct().Single());
    }

    [TestMethod]
    public void Mismatched_collectives_fail_with_the_message_of_MPI()
    {
        var error = Collect(2, "life")[1][3];

        Assert.MatchesRegex($@"^InvalidOperationException: MPI_Bcast of {Regex.Escape(Mpirun.Library)} failed with code \d+: .*(?i:truncate)", error);
    }

    [TestMethod]
    public void First_owner_ends_MPI_and_it_cannot_be_initialized_again()
    {
        foreach (var (of, rank) in Collect(2, "life").Select((of, rank) => (of, rank)))
        {
            Assert.AreEqual($"again {rank} of 2", of[2]);
            foreach (var error in of[4..7])
                Assert.StartsWith($"ObjectDisposedException: Cannot access a disposed object. Object name: '{typeof(MpiProcessGroup)}'", error);
            Assert.StartsWith("InvalidOperationException: MPI was ended in this process before", of[7]);
        }
    }

    [TestMethod]
    [FullRun]
    public void Aborting_process_ends_the_others_with_its_reason()
    {
        var ended = Mpirun.Run(3, "abort", "2");

        Assert.AreNotEqual(0, ended.Code);
        Assert.Contains("Process 2 of 3 (ranks from 0) ends all of them: no more rows", ended.Errors);
    }

    [TestMethod]
    [FullRun]
    public void Dead_process_ends_the_others_within_30_seconds_and_is_named()
    {
        var ended = Die(3, "1");

        Assert.AreNotEqual(0, ended.Code);
        Assert.MatchesRegex(@"rank 1\b.*(on signal 9|ended with 137)", ended.Said);
        Assert.IsLessThan(TimeSpan.FromSeconds(30), ended.Took);
    }

    /// <summary>Without this the others would wait forever, in any call, MPI_Finalize included.</summary>
    [TestMethod]
    [DataRow("throws", "Fit")]
    [FullRunRow("throws", "Sum")]
    [FullRunRow("throws", "Gather")]
    [FullRunRow("returns", "Fit")]
    [FullRunRow("returns", "Broadcast")]
    public void Process_that_leaves_early_ends_the_others_and_is_named(string how, string waiting)
    {
        var ended = Mpirun.Run(3, "leave", "1", how, waiting);

        Assert.AreNotEqual(0, ended.Code);
        Assert.Contains($"Process 0 of 3 (ranks from 0) ends all of them: process 1 left, behind an error or a return", ended.Errors);
        var method = waiting switch { "Sum" => "AllReduceSum", "Fit" or "Gather" => "AllGather", _ => waiting };
        Assert.Contains($"waits in {method} for all 3", ended.Errors);
        if (how == "throws")
        {
            Assert.Contains("Process 1 of 3 (ranks from 0) leaves by an error, and ends all of them as soon as they wait for it: ", ended.Errors);
            Assert.Contains("System.IO.FileNotFoundException: Could not find rows.csv on this machine.", ended.Errors);
            Assert.Contains("   at Program.<Main>$", ended.Errors);
        }
    }

    [TestMethod]
    [FullRun]
    public void Error_in_all_processes_ends_them_like_a_single_one()
    {
        var ended = Mpirun.Run(3, "leave", "all", "throws", "nothing");

        Assert.AreNotEqual(0, ended.Code);
        Assert.Contains("Unhandled exception. System.IO.FileNotFoundException: Could not find rows.csv on this machine.", ended.Errors);
        Assert.DoesNotContain("ends all of them", ended.Said);
    }

    [TestMethod]
    public void Program_without_a_launcher_is_one_process() => Mpirun.InFolder(folder =>
    {
        var ended = Mpirun.RunAlone([(MpiLibrary.Variable, Mpirun.Library)], "collectives", folder);

        Assert.AreEqual(0, ended.Code, ended.Said);
        Assert.AreEqual("rank 0 of 1, 0 here", File.ReadLines(Path.Combine(folder, "0")).First());
        Assert.StartsWith($"1 process over {Mpirun.Library}: rank 0 is process ", ended.Output);
    });

    [TestMethod]
    [FullRun]
    public void Program_that_expected_other_processes_says_so()
    {
        var ended = Mpirun.RunAlone([(MpiLibrary.Variable, Mpirun.Library), ("SLURM_STEP_NUM_TASKS", "3")], "die", "0");

        Assert.AreNotEqual(0, ended.Code);
        Assert.Contains($"Expected 3 processes, as SLURM_STEP_NUM_TASKS says, found 1: {Mpirun.Library} is not the MPI", ended.Errors);
    }

    // The lines that each process wrote.
    private string[][] Collect(int count, string mode = "collectives")
    {
        if (!Started.TryGetValue((Mpirun, count, mode), out var lines))
            Started[(Mpirun, count, mode)] = lines = Collect(folder => Mpirun.Run(count, mode, folder), count);
        return lines;
    }

    private static string[][] Collect(Func<string, Mpirun.Ended> run, int count)
    {
        string[][] lines = [];
        Mpirun.InFolder(folder =>
        {
            var ended = run(folder);
            Assert.AreEqual(0, ended.Code, ended.Said);
            lines = [.. Enumerable.Range(0, count).Select(rank => File.ReadAllLines(Path.Combine(folder, $"{rank}")))];
        });
        return lines;
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}

/// <summary>Under Open MPI.</summary>
[TestClass]
[NeedsOpenMpi]
public sealed class OpenMpiTests : CollectiveTests
{
    private protected override Mpirun Mpirun => Mpirun.OpenMpi!;
}

/// <summary>Under MPICH.</summary>
[TestClass]
[NeedsMpich]
public sealed class MpichTests : CollectiveTests
{
    private protected override Mpirun Mpirun => Mpirun.Mpich!;

    // MPICH's mpirun does not always name the process that died first: the shell around each one does.
    private protected override Mpirun.Ended Die(int processes, string rank) =>
        Mpirun.RunInShell(processes, Mpirun.NamesRank, "die", rank);
}
