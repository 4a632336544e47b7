using MlNetNtd.Tests;

namespace MlNetNtd.Mpi.Tests;

/// <summary>examples/Cluster on a Slurm cluster of this machine alone, under each MPI.</summary>
public abstract class SlurmTests
{
    private static readonly string Cluster = Mpirun.Built(nameof(Cluster));

    private protected abstract (string Library, string Slurm) Mpi { get; }

    [TestMethod]
    public void Example_trains_and_saves_a_model() => Mpirun.InFolder(folder =>
    {
        var model = Path.Combine(folder, "model.zip");

        var (ended, log) = Submit(folder, Cluster, model, "1");

        Assert.AreEqual(0, ended.Code, log + ended.Said);
        Assert.Contains($"2 processes over {Mpi.Library}", log);
        Assert.Contains("Epoch 1 of 1", log);
        Assert.IsTrue(File.Exists(model));
    });

    [TestMethod]
    public void Losses_equal_those_of_one_process() => Mpirun.InFolder(folder =>
    {
        string[] plan = [folder, "10", "steps=4"];
        var alone = TrainingTests.Alone(plan);

        var (ended, log) = Submit(folder, Mpirun.MpiHost, ["train", .. plan]);

        Assert.AreEqual(0, ended.Code, log + ended.Said);
        TrainingTests.Same(alone, File.ReadAllLines(Path.Combine(folder, "0")));
        CollectionAssert.AreEqual(File.ReadAllLines(Path.Combine(folder, "0")), File.ReadAllLines(Path.Combine(folder, "1")));
    });

    [TestMethod]
    public void Dead_rank_ends_the_job_and_is_named() => Mpirun.InFolder(folder =>
    {
        var (ended, log) = Submit(folder, Mpirun.MpiHost, "die", "1");

        Assert.AreNotEqual(0, ended.Code);
        Assert.Contains("task 1: Killed", log);
        Assert.IsLessThan(TimeSpan.FromSeconds(30), ended.Took);
    });

    // Submits like a user, and waits for the job.
    private (Mpirun.Ended Ended, string Log) Submit(string folder, string program, params string[] arguments)
    {
        var (example, log) = (Path.GetDirectoryName(Cluster)!, Path.Combine(folder, "log"));
        var ended = Mpirun.Start(
            Path.Combine(example, "one-node.sh"),
            ["sbatch", "--wait", $"--output={log}", Path.Combine(example, "train.sbatch"), .. arguments],
            [("PROGRAM", program), ("MPI", Mpi.Slurm)]);
        return (ended, File.Exists(log) ? File.ReadAllText(log) : "");
    }
}

/// <summary>Under Open MPI.</summary>
[TestClass]
[FullRun]
[NeedsSlurm]
[NeedsOpenMpi]
public sealed class OpenMpiSlurmTests : SlurmTests
{
    private protected override (string Library, string Slurm) Mpi => (Mpirun.OpenMpi!.Library, "pmix");
}

/// <summary>Under MPICH.</summary>
[TestClass]
[FullRun]
[NeedsSlurm]
[NeedsMpich]
public sealed class MpichSlurmTests : SlurmTests
{
    private protected override (string Library, string Slurm) Mpi => (Mpirun.Mpich!.Library, "pmi2");
}
