using System.Diagnostics;

namespace MlNetNtd.Tests;

/// <summary>Training whose process is killed repeatedly ends with the weights of uninterrupted training.</summary>
[TestClass]
[FullRun]
public sealed class CrashRecoveryTests
{
    private const string KillsVariable = "MLNETNTD_KILLS";

    [TestMethod]
    [DataRow(EngineKind.Managed, 100)]
    [DataRow(EngineKind.Torch, 4)]
    public void Killed_process_resumes_to_the_weights_of_an_uninterrupted_run(EngineKind engine, int moments) => TemporaryFolder.Use(folder =>
    {
        var (whole, resumed, checkpoint) = (Path.Combine(folder, "whole"), Path.Combine(folder, "resumed"), Path.Combine(folder, "checkpoint"));
        var watch = Stopwatch.StartNew();
        using (var left = TrainingProcess.Start(engine, Path.Combine(folder, "other"), whole))
            End(left);
        var length = watch.Elapsed;

        var kills = TestRun.Count(KillsVariable, moments);
        var random = new Random(1);
        var (killed, seen) = (0, new HashSet<(int Epoch, int Batches)>());
        // Each run gets a little further than the one before, and none ends before the last.
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = TrainingProcess.Start(engine, checkpoint, resumed);
            var until = Stopwatch.StartNew();
            while (!File.Exists(checkpoint) || (CheckpointFile.Read(checkpoint).ReadState<TrainingState>() is var state && !seen.Add((state.Epoch, state.Batches))))
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

        using (var last = TrainingProcess.Start(engine, checkpoint, resumed))
            End(last);

        Assert.AreEqual(kills, killed, "It was over before it could be killed.");
        CollectionAssert.AreEqual(File.ReadAllBytes(whole), File.ReadAllBytes(resumed));
    });

    private static void End(Process process)
    {
        Assert.IsTrue(process.WaitForExit(TimeSpan.FromMinutes(2)), "It did not end.");
        Assert.AreEqual(0, process.ExitCode);
    }
}
