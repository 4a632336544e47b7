using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace MlNetNtd.Tests;

/// <summary>Training whose process is killed repeatedly ends with the weights of uninterrupted training.</summary>
[TestClass]
[FullRun]
public sealed class CrashRecoveryTests
{
    private const string KillsVariable = "MLNETNTD_KILLS";
    private const int Kills = 4;

    private static readonly string Program = typeof(CrashRecoveryTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "TrainingHost").Value!;

    [TestMethod]
    public void Killed_process_resumes_to_the_weights_of_an_uninterrupted_run() => TemporaryFolder.Use(folder =>
    {
        var (whole, resumed, checkpoint) = (Path.Combine(folder, "whole"), Path.Combine(folder, "resumed"), Path.Combine(folder, "checkpoint"));
        var watch = Stopwatch.StartNew();
        using (var left = Start(Path.Combine(folder, "other"), whole))
            End(left);
        var length = watch.Elapsed;

        var kills = TestRun.Count(KillsVariable, Kills);
        var random = new Random(1);
        var (killed, moments) = (0, new HashSet<(int Epoch, int Batches)>());
        // Each run gets a little further than the one before, and none ends before the last.
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = Start(checkpoint, resumed);
            var until = Stopwatch.StartNew();
            while (!File.Exists(checkpoint) || (CheckpointFile.Read(checkpoint).ReadState<TrainingState>() is var state && !moments.Add((state.Epoch, state.Batches))))
            {
                Assert.IsLessThan(length * 20, until.Elapsed, "It gets no further.");
                if (process.HasExited)
                    break;
                Thread.Sleep(1);
            }

            // The kill comes somewhere in a step, or while its checkpoint is written.
            Thread.Sleep(random.Next(5));
            killed += process.HasExited ? 0 : 1;
            process.Kill();
            process.WaitForExit();
        }

        using (var last = Start(checkpoint, resumed))
            End(last);

        Assert.AreEqual(kills, killed, "It was over before it could be killed.");
        CollectionAssert.AreEqual(File.ReadAllBytes(whole), File.ReadAllBytes(resumed));
    });

    [TestMethod]
    public void Program_without_native_libtorch_trains_and_scores() => TemporaryFolder.Use(folder =>
    {
        using var process = Start(Path.Combine(folder, "checkpoint"), Path.Combine(folder, "weights"), redirects: true);
        var output = process.StandardOutput.ReadToEnd();
        End(process);

        var score = Line("score=");
        Assert.IsTrue(float.TryParse(score, NumberStyles.Float, CultureInfo.InvariantCulture, out var mean) && float.IsFinite(mean), score);
        Assert.AreEqual("", Line("libtorch="));

        string Line(string start) => output.Split('\n', StringSplitOptions.TrimEntries).Single(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..];
    });

    private static Process Start(string checkpoint, string weights, bool redirects = false) => Process.Start(
        new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Program, checkpoint, weights]) { RedirectStandardOutput = redirects })!;

    private static void End(Process process)
    {
        Assert.IsTrue(process.WaitForExit(TimeSpan.FromMinutes(2)), "It did not end.");
        Assert.AreEqual(0, process.ExitCode);
    }
}
