using System.Diagnostics;
using System.Globalization;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>The recipes of examples/Cluster that divide files among processes, with one process killed midway.</summary>
[TestClass]
[FullRun]
public sealed class RecipeTests
{
    private const int Rows = 12;

    private const int Files = 64;

    [TestMethod]
    [NeedsParallel]
    public void Gnu_parallel_that_was_killed_goes_on_to_what_one_process_writes() => TemporaryFolder.Use(folder =>
    {
        var (pattern, alone, scores) = Prepare(folder);
        var start = Start("bash", Recipe("score-parallel.sh"), pattern, SampleModel.Path, scores, Files.ToString(CultureInfo.InvariantCulture), Path.Combine(folder, "jobs.log"), "--jobs", "4");

        KillWhenBegun(start, scores);
        var run = OtherProgram.Start([], start);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        ManyFilesTests.AssertSameFiles(alone, scores);
    });

    [TestMethod]
    [NeedsDask]
    public void Dask_whose_worker_was_killed_gathers_what_one_process_writes() => TemporaryFolder.Use(folder =>
    {
        var (pattern, alone, scores) = Prepare(folder);
        var start = Start(OtherProgram.PythonWithDask!, Recipe("score-dask.py"), pattern, SampleModel.Path, scores, Files.ToString(CultureInfo.InvariantCulture));

        var run = RunAndKillOne(start, scores, FindDaskWorker);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.HasCount(Files, run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        ManyFilesTests.AssertSameFiles(alone, scores);
    });

    [TestMethod]
    [NeedsSlurm]
    public void Slurm_whose_task_was_killed_goes_on_to_what_one_process_writes() => TemporaryFolder.Use(folder =>
    {
        var (pattern, alone, scores) = Prepare(folder);
        var log = Path.Combine(folder, "log");
        var start = Start(
            Recipe("one-node.sh"), "sbatch", "--wait", "--ntasks=4", "--overcommit", $"--output={log}", Recipe("score.sbatch"), pattern, SampleModel.Path, scores);

        var killed = RunAndKillOne(start, scores, process => FindTool(process));
        Assert.AreNotEqual(0, killed.ExitCode, "The task was over before it was killed.");
        var run = OtherProgram.Start([], start);

        Assert.AreEqual(0, run.ExitCode, run.Error + File.ReadAllText(log));
        Assert.Contains("of 4 (SLURM_PROCID)", File.ReadAllText(log));
        ManyFilesTests.AssertSameFiles(alone, scores);
    });

    private static (string Pattern, string Alone, string Scores) Prepare(string folder)
    {
        for (var i = 0; i < Files; i++)
            SampleTable.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part-{i}.parquet")), SampleTable.Rows(Rows, seed: i + 1));
        var (pattern, alone) = (Path.Combine(folder, "part-*.parquet"), Path.Combine(folder, "alone"));
        Assert.AreEqual("", ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", alone).Error);
        return (pattern, alone, Path.Combine(folder, "scores"));
    }

    private static ProcessStartInfo Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NTD"] = $"{ToolRun.Dotnet} {ToolRun.Program}";
        start.Environment["OMP_NUM_THREADS"] = "1";
        return start;
    }

    private static string Recipe(string name) => OtherProgram.PathOf("Cluster", name);

    private static void KillWhenBegun(ProcessStartInfo start, string scores)
    {
        using var process = Process.Start(start)!;
        WaitForOutput(process, scores);
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    private static ToolRun RunAndKillOne(ProcessStartInfo start, string scores, Func<int, int?> find)
    {
        using var process = Process.Start(start)!;
        var running = Task.Run(() => ToolRun.Finish(process, [], TimeSpan.FromMinutes(5)));
        WaitForOutput(process, scores);
        int? victim = null;
        while (victim is null && !running.IsCompleted)
            victim = find(process.Id);
        if (victim is { } id)
        {
            using var kill = Process.Start("kill", ["-KILL", id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }

        return running.GetAwaiter().GetResult();
    }

    private static void WaitForOutput(Process process, string scores)
    {
        while (!process.HasExited && !(Directory.Exists(scores) && Directory.EnumerateFiles(scores).Any()))
            Thread.Sleep(10);
    }

    // A worker of a cluster on this machine is the child of the script, started by Python's multiprocessing.
    private static int? FindDaskWorker(int parent) => Children(parent)
        .FirstOrDefault(child => CommandOf(child).Contains("multiprocessing.spawn", StringComparison.Ordinal) && Children(child).Any()) is var found && found != 0 ? found : null;

    // slurmd starts the tasks, which are no children of the command that submits the job.
    private static int? FindTool(int _) => Directory.GetDirectories("/proc").Select(Path.GetFileName).Select(name => int.TryParse(name, out var id) ? id : 0)
        .FirstOrDefault(id => id != 0 && id != Environment.ProcessId && CommandOf(id).Contains(ToolRun.Program, StringComparison.Ordinal) && EnvironmentOf(id).Contains("SLURM_PROCID=", StringComparison.Ordinal) && CommandOf(id).StartsWith(ToolRun.Dotnet, StringComparison.Ordinal)) is var found && found != 0 ? found : null;

    // A process that has just ended has no children, nor a folder.
    private static IEnumerable<int> Children(int parent) =>
        ReadProc(parent, $"task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    private static string CommandOf(int id) => ReadProc(id, "cmdline");

    private static string EnvironmentOf(int id) => ReadProc(id, "environ");

    private static string ReadProc(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}").Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
