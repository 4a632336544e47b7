using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.ML;
using MlNetNtd.Examples.Sweep;
using MlNetNtd.Examples.TextGan;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>The sweep as a user meets it.</summary>
[TestClass]
public sealed partial class SweepProgramTests
{
    [TestMethod]
    public void A_sweep_prints_a_table_a_comparison_and_the_last_line_and_leaves_trials_chart_and_model()
    {
        using var folder = new TemporaryFolder();
        var printed = SweepSamples.Run(SweepSamples.Settings(folder, "run"));

        var last = LastLine().Match(printed[^1]);
        Assert.IsTrue(last.Success, printed[^1]);
        Assert.AreEqual(SweepSamples.Trials, Table(printed).Length);
        Assert.HasCount(1, Table(printed).Where(line => line.StartsWith("| default ", StringComparison.Ordinal)));
        Assert.IsNotEmpty(XDocument.Load(Path.Combine(folder.PathOf("run"), "trials.svg")).Descendants());
        foreach (var line in SweepSamples.Lines(folder, "run"))
            JsonDocument.Parse(line).Dispose();

        // Seed by seed, what the last line is the mean of.
        var seeds = printed.Single(line => line.StartsWith("  default options:", StringComparison.Ordinal));
        Assert.Contains($"mean {last.Groups[1].Value}, ", seeds);
        Assert.EndsWith(" of 2 seeds", seeds);
    }

    [TestMethod]
    public void The_saved_model_is_worth_what_was_printed_of_it()
    {
        using var folder = new TemporaryFolder();
        var printed = SweepSamples.Run(SweepSamples.Settings(folder, "run"));

        var mlContext = new MLContext();
        var task = WordTask.Read(folder.PathOf("text.txt"), SweepSamples.Recipe, new SweepSeeds(1, SweepSamples.Trials));
        var model = mlContext.Model.Load(Path.Combine(folder.PathOf("run"), "model.zip"), out var _);
        using (model as IDisposable)
        {
            var auc = mlContext.BinaryClassification.EvaluateTokens(model.Transform(task.Test(mlContext)), nameof(GanRow.TokenLabels)).AreaUnderRocCurve;
            Assert.HasCount(1, printed.Where(line => line.EndsWith($"fresh MLContext, and asked about the same rows: AUC {Screen.Number(auc)}", StringComparison.Ordinal)));
        }
    }

    [TestMethod]
    [FullRun]
    public void A_seed_decides_everything_printed_however_many_train_at_a_time()
    {
        using var folder = new TemporaryFolder();
        var one = SweepSamples.Run(SweepSamples.Settings(folder, "run", parallel: 1));

        CollectionAssert.AreEqual(one, SweepSamples.Run(SweepSamples.Settings(folder, "run", parallel: 3)));
        Assert.AreNotEqual(string.Concat(Table(one)), string.Concat(Table(SweepSamples.Run(SweepSamples.Settings(folder, "run", seed: 2)))));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task Ctrl_C_keeps_what_is_known_and_the_sweep_can_be_resumed()
    {
        ExampleProcess.NeedsInterrupts();
        using var folder = new TemporaryFolder();
        var input = folder.Write("text.txt", TextGanSamples.Text);
        using var process = ExampleProcess.Start("Sweep", "--input", input, "--trials", "4", "--out", folder.PathOf("run"));
        await process.WaitForLine("After 3 epochs");
        await process.Interrupt();
        var stopped = await process.End();

        Assert.AreEqual(ExitCodes.Interrupted, stopped.ExitCode, string.Join('\n', stopped.Error));
        Assert.HasCount(1, stopped.Error);
        Assert.Contains("--resume", stopped.Error[0]);
        // The trials as they came to the first rung; one of them may have come further meanwhile.
        Assert.IsGreaterThanOrEqualTo(1 + 4, SweepSamples.Lines(folder, "run").Length);

        using var again = ExampleProcess.Start("Sweep", "--out", folder.PathOf("run"), "--resume");
        var resumed = await again.End();
        Assert.IsTrue(resumed.ExitCode is ExitCodes.Success or ExitCodes.LearnedNothing, string.Join('\n', resumed.Error));
        Assert.EndsWith(" of 4 trials", resumed.Output[^1]);
    }

    [TestMethod]
    [DataRow("--trials", "1", "--trials takes a whole number from 2 to 256, not '1'")]
    [DataRow("--seed", "x", "--seed takes a whole number from 0 to 2147483647, not 'x'")]
    [DataRow("--parallel", "0", "--parallel takes a whole number from 1 to 256, not '0'")]
    [DataRow("--out", "", "--out takes a name, not an empty text")]
    [DataRow("--speed", "1", "--speed")]
    public void Arguments_that_cannot_be_are_refused_in_a_sentence(string name, string value, string complaint)
    {
        var error = Assert.ThrowsExactly<UserErrorException>(() => Examples.Sweep.CommandLine.Run([name, value], TextWriter.Null, _ => 0));

        Assert.Contains(complaint, error.Message);
    }

    [TestMethod]
    public void The_help_names_every_option()
    {
        using var output = new StringWriter();
        Assert.AreEqual(0, Examples.Sweep.CommandLine.Run(["--help"], output, _ => 1));

        foreach (var name in new[] { "--trials", "--seed", "--input", "--parallel", "--out", "--resume" })
            Assert.Contains(name, output.ToString());
    }

    [TestMethod]
    public async Task A_text_that_is_missing_ends_the_program_with_a_sentence()
    {
        using var process = ExampleProcess.Start("Sweep", "--input", "no-such-file.txt");
        var end = await process.End();

        Assert.AreEqual(ExitCodes.UserError, end.ExitCode);
        Assert.IsEmpty(end.Output);
        Assert.AreEqual("The input '" + Path.GetFullPath("no-such-file.txt") + "' does not exist.", end.Error.Single());
    }

    private static string[] Table(string[] printed) =>
        [.. printed.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| trial", StringComparison.Ordinal))];

    [GeneratedRegex(@"^default AUC ([01]\.\d{3}); best AUC ([01]\.\d{3}) of 5 trials$")]
    private static partial Regex LastLine();
}
