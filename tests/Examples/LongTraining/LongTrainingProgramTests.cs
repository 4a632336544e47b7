using System.Xml.Linq;
using Microsoft.ML;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>Output and files of the study LongTraining at a reduced size.</summary>
[TestClass]
public sealed class LongTrainingProgramTests
{
    [TestMethod]
    public async Task Training_leaves_history_chart_and_model()
    {
        using var folder = new TemporaryFolder();
        var run = await Run(folder, "run");

        AssertEnded(0, run);
        Assert.StartsWith("OK: epoch ", run.Output[^1]);
        Assert.HasCount(1 + 3, File.ReadAllLines(Path.Combine(folder.PathOf("run"), "history.csv")));
        var words = string.Concat(XDocument.Load(Path.Combine(folder.PathOf("run"), "history.svg")).Descendants().Select(element => element.Value));
        foreach (var word in (string[])["epoch", "binary cross-entropy, nats", "AUC", "training", "validation", "best epoch"])
            Assert.Contains(word, words);
        using var model = (IDisposable)new MLContext().Model.Load(Path.Combine(folder.PathOf("run"), "model.zip"), out var schema);
        Assert.IsNotNull(schema.GetColumnOrNull("CurrentEmbeddings"));
    }

    /// <summary>Both while the rows are read a second time, and wherever the signal finds it.</summary>
    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [FullRun]
    public async Task Same_command_resumes_after_a_signal_and_a_kill_to_the_same_model()
    {
        using var folder = new TemporaryFolder();
        AssertEnded(0, await Run(folder, "whole"));

        using (var process = Start(folder, "parts"))
        {
            await process.WaitForLine("Epoch 1 of 3");
            await process.Signal("TERM");
            AssertEnded(130, await process.End());
        }

        using (var process = Start(folder, "parts"))
            await process.WaitForLine("Epoch 2 of 3");

        var last = await Run(folder, "parts");
        AssertEnded(0, last);
        Assert.StartsWith("Continues from ", last.Output[0]);
        var (whole, parts) = (Figures("whole"), Figures("parts"));
        CollectionAssert.AreEqual(whole, parts);

        // But for the speed.
        string[] Figures(string name)
        {
            var lines = File.ReadAllLines(Path.Combine(folder.PathOf(name), "history.csv")).Select(line => line.Split(',')).ToList();
            var speed = Array.IndexOf(lines[0], "rows_per_second");
            Assert.IsGreaterThan(0, speed);
            return [.. lines.Select(line => string.Join(',', line.Where((_, i) => i != speed)))];
        }
    }

    private static ExampleProcess Start(TemporaryFolder folder, string output) =>
        ExampleProcess.Start("LongTraining", "--rows", "4000", "--epochs", "3", "--cache", "1", "--out", folder.PathOf(output));

    private static async Task<ProgramEnd> Run(TemporaryFolder folder, string output)
    {
        using var process = Start(folder, output);
        return await process.End();
    }

    private static void AssertEnded(int code, ProgramEnd run) => Assert.AreEqual(code, run.ExitCode, string.Join('\n', run.Error));
}
