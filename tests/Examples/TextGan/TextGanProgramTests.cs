using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.ML;
using MlNetNtd.Studies.TextGan;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>Output and files of the study TextGan on a short text.</summary>
[TestClass]
public sealed class TextGanProgramTests
{
    [TestMethod]
    public async Task Run_prints_its_metrics_and_leaves_model_and_curves()
    {
        using var folder = new TemporaryFolder();
        var run = await TextGanSamples.Run(Arguments(folder, "run", "--rounds", "2"));

        AssertEnded(0, run);
        var (output, state) = (folder.PathOf("run"), ReadState(folder.PathOf("run")));
        Assert.HasCount(2, state.Results);
        // The model that is saved scores by a network of its own, which the rounds leave as it is.
        CollectionAssert.AreNotEqual(state.Discriminator!["input_projection.weight"], state.Adversary!["input_projection.weight"]);
        Assert.StartsWith("OK: ", run.Output[^2]);
        Assert.MatchesRegex(new Regex($"^generator {Text(state.Results[1].Metrics.HeldOutLoss)} pairs \\d\\.\\d{{3}}; discriminator 0\\.\\d{{3}} PMI 0\\.\\d{{3}}; text over gibberish [01]\\.\\d{{3}}$"), run.Output[^1]);
        foreach (var title in (string[])["Before the first round", "Round 1 of 2", "Round 2 of 2"])
            Assert.HasCount(1, run.Output.Where(line => line.StartsWith($"{title}: next-word loss ", StringComparison.Ordinal)), title);
        Assert.IsNotEmpty(XDocument.Load(Path.Combine(output, "curves.svg")).Descendants());
        using var model = (IDisposable)new MLContext().Model.Load(Path.Combine(output, "model.zip"), out var schema);
        Assert.IsNotNull(schema.GetColumnOrNull("CurrentEmbeddings"));
    }

    [TestMethod]
    [FullRun]
    public async Task Full_preset_runs()
    {
        using var folder = new TemporaryFolder();
        // Too large for a short text, so only that it runs to its end.
        var path = folder.Write("text.txt", TextGanSamples.Text);
        var run = await TextGanSamples.Run("--input", path, "--out", folder.PathOf("run"), "--preset", "full", "--rounds", "1");

        Assert.IsTrue(run.ExitCode is 0 or 2, string.Join('\n', run.Error));
        Assert.StartsWith("generator ", run.Output[^1]);
    }

    [TestMethod]
    [FullRun]
    public async Task Seed_decides_the_output()
    {
        using var folder = new TemporaryFolder();
        var one = await TextGanSamples.Run(Arguments(folder, "one", "--rounds", "1", "--seed", "5"));
        var again = await TextGanSamples.Run(Arguments(folder, "again", "--rounds", "1", "--seed", "5"));
        var other = await TextGanSamples.Run(Arguments(folder, "other", "--rounds", "1", "--seed", "6"));

        AssertEnded(0, one);
        CollectionAssert.AreEqual(one.Output, again.Output);
        Assert.AreNotEqual(one.Output[^1], other.Output[^1]);
    }

    [TestMethod]
    [FullRun]
    public async Task Run_that_learned_nothing_is_not_OK()
    {
        using var folder = new TemporaryFolder();
        // Words in no order: there is nothing to know of the next one, and no text to tell from gibberish.
        var random = new Random(1);
        var text = string.Join(' ', Enumerable.Range(0, 4000).Select(_ => $"{(char)('a' + random.Next(20))}"));
        var run = await TextGanSamples.Run("--preset", "quick", "--rounds", "1", "--input", folder.Write("text.txt", text), "--out", folder.PathOf("run"));

        AssertEnded(2, run);
        Assert.StartsWith("Not OK:", run.Output[^2]);
        Assert.IsEmpty(run.Error);
    }

    [TestMethod]
    [FullRun]
    public async Task Resumed_run_ends_like_an_uninterrupted_one()
    {
        using var folder = new TemporaryFolder();
        var whole = await TextGanSamples.Run(Arguments(folder, "whole", "--rounds", "3"));
        AssertEnded(0, await TextGanSamples.Run(Arguments(folder, "parts", "--rounds", "1")));
        var resumed = await TextGanSamples.Run(Arguments(folder, "parts", "--rounds", "3"));

        AssertEnded(0, resumed);
        Assert.AreEqual(whole.Output[^1], resumed.Output[^1]);
        AssertSameEnd(folder, "whole", "parts");
    }

    [TestMethod]
    [DataRow("TERM", "Pre-training, epoch 1 of 2")]
    [DataRow("INT", "Pre-training, epoch 2 of 2")]
    [DataRow("TERM", "Round 1 of 2")]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [FullRun]
    public async Task Signal_saves_and_the_resumed_run_ends_the_same(string signal, string line)
    {
        if (signal == "INT")
            ExampleProcess.NeedsInterrupts();
        using var folder = new TemporaryFolder();
        AssertEnded(0, await TextGanSamples.Run(Arguments(folder, "whole", "--rounds", "2")));
        using (var process = ExampleProcess.Start("TextGan", Arguments(folder, "parts", "--rounds", "2")))
        {
            await process.WaitForLine(line);
            await process.Signal(signal);
            var stopped = await process.End();
            AssertEnded(130, stopped);
            Assert.HasCount(1, stopped.Error);
            Assert.Contains("the same command continues", stopped.Error[0]);
        }

        AssertEnded(0, await TextGanSamples.Run(Arguments(folder, "parts", "--rounds", "2")));

        AssertSameEnd(folder, "whole", "parts");
    }

    /// <summary>As often as MLNETNTD_KILLS says; each time costs some seconds.</summary>
    [TestMethod]
    [FullRun]
    public async Task Run_killed_repeatedly_resumes_to_the_same_end()
    {
        using var folder = new TemporaryFolder();
        var watch = Stopwatch.StartNew();
        AssertEnded(0, await TextGanSamples.Run(Arguments(folder, "whole", "--rounds", "2")));
        var length = watch.Elapsed;
        var kills = int.Parse(Environment.GetEnvironmentVariable("MLNETNTD_KILLS") ?? "3", CultureInfo.InvariantCulture);
        var random = new Random(1);
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = ExampleProcess.Start("TextGan", Arguments(folder, "parts", "--rounds", "2"));
            await Task.Delay(random.NextDouble() * 0.9 * length);
        }

        AssertEnded(0, await TextGanSamples.Run(Arguments(folder, "parts", "--rounds", "2")));

        AssertSameEnd(folder, "whole", "parts");
    }

    private static string[] Arguments(TemporaryFolder folder, string output, params string[] more) =>
        ["--preset", "quick", "--input", folder.Write("text.txt", TextGanSamples.Text), "--out", folder.PathOf(output), .. more];

    private static RunState ReadState(string folder)
    {
        var path = Path.Combine(folder, "run.checkpoint");
        using var checkpoint = new TrainingCheckpoint<RunState>(path, TrainingCheckpoint.ReadFingerprint(path));
        return checkpoint.Read()!;
    }

    // All weights, figures and texts of a run are in its checkpoint.
    private static void AssertSameEnd(TemporaryFolder folder, string one, string other)
    {
        foreach (var file in (string[])["run.checkpoint", "curves.svg"])
            CollectionAssert.AreEqual(Bytes(one, file), Bytes(other, file), file);
        CollectionAssert.AreEquivalent(Names(one), Names(other));

        byte[] Bytes(string run, string file) => File.ReadAllBytes(Path.Combine(folder.PathOf(run), file));

        string?[] Names(string run) => [.. Directory.GetFiles(folder.PathOf(run)).Select(Path.GetFileName)];
    }

    private static string Text(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static void AssertEnded(int code, ProgramEnd run) => Assert.AreEqual(code, run.ExitCode, string.Join('\n', run.Error));
}
