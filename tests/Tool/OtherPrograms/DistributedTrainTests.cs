using System.Diagnostics;
using System.Text.Json;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>ntd train as two processes of an MPI: the result of one process, but for rounding.</summary>
[TestClass]
public sealed class DistributedTrainTests
{
    private const double Tolerance = 1e-5;

    private static readonly string[] Small =
    [
        "--embedding-dimension", "8", "--max-tokens", "6", "--model-dimension", "8", "--layers", "1", "--feed-forward-dimension", "16",
        "--batch-size", "16", "--epochs", "3", "--validation-fraction", "0", "--seed", "1",
    ];

    [TestMethod]
    [NeedsOpenMpi]
    public void Two_processes_of_mpirun_train_as_one() => TemporaryFolder.Use(folder =>
    {
        var (rows, model) = (WriteRows(folder), Path.Combine(folder, "two.zip"));

        var run = Start("mpirun.openmpi", ["--allow-run-as-root", "--oversubscribe", "-n", "2", ToolRun.Dotnet, ToolRun.Program, .. Train(rows, model)]);

        Assert.AreEqual((0, ""), (run.ExitCode, run.Out), run.Error);
        AssertTrainedAsOneProcess(folder, rows, model);
    });

    [TestMethod]
    [NeedsOpenMpi]
    public void Error_of_two_processes_is_a_sentence_and_leaves_no_model() => TemporaryFolder.Use(folder =>
    {
        var (rows, model) = (WriteRows(folder), Path.Combine(folder, "two.zip"));

        var run = Start(
            "mpirun.openmpi",
            ["--allow-run-as-root", "--oversubscribe", "-n", "2", ToolRun.Dotnet, ToolRun.Program, .. Train(rows, model), "--column", "Label=Missing"]);

        Assert.AreNotEqual(0, run.ExitCode);
        Assert.Contains($"ntd: {rows}: expected column 'Missing', which --column Label=Missing names, found ", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
        Assert.IsFalse(File.Exists(model));
    });

    [TestMethod]
    [FullRun]
    [NeedsSlurm]
    [NeedsOpenMpi]
    [NeedsPmix]
    public void Two_tasks_of_srun_train_as_one_process() => TemporaryFolder.Use(folder =>
    {
        var (rows, model, log) = (WriteRows(folder), Path.Combine(folder, "two.zip"), Path.Combine(folder, "log"));

        var run = Start(
            OtherProgram.PathOf("Cluster", "one-node.sh"),
            ["sbatch", "--wait", $"--output={log}", OtherProgram.PathOf("Cluster", "train.sbatch"), .. Train(rows, model)]);

        Assert.AreEqual(0, run.ExitCode, run.Error + (File.Exists(log) ? File.ReadAllText(log) : ""));
        AssertTrainedAsOneProcess(folder, rows, model);
    });

    private static string WriteRows(string folder) => SampleTable.Write(Path.Combine(folder, "rows.parquet"), SampleTable.Rows(200));

    private static string[] Train(string rows, string model) => ["train", rows, "--output", model, .. Small];

    private static ToolRun Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment["PROGRAM"] = ToolRun.Program;
        start.Environment["OMP_NUM_THREADS"] = "1";
        return OtherProgram.Start([], start);
    }

    private static void AssertTrainedAsOneProcess(string folder, string rows, string model)
    {
        var alone = Path.Combine(folder, "one.zip");
        Assert.AreEqual("", ToolRun.Run(Train(rows, alone)).Error);

        double[] expected = ReadLosses(alone), found = ReadLosses(model);
        Assert.HasCount(3, expected);
        Assert.HasCount(expected.Length, found);
        foreach (var (one, two) in expected.Zip(found))
            Assert.AreEqual(one, two, Tolerance);
        Assert.AreEqual("", ToolRun.Run("score", rows, "-m", model, "-o", Path.Combine(folder, "scores.parquet")).Error);
    }

    private static double[] ReadLosses(string model)
    {
        using var history = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(model, ".history.json")));
        return [.. history.RootElement.EnumerateArray().Select(epoch => epoch.GetProperty("training").GetProperty("loss").GetDouble())];
    }
}
