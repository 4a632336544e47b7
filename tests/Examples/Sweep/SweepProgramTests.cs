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

    private static string[] Table(string[] printed) =>
        [.. printed.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| trial", StringComparison.Ordinal))];

    [GeneratedRegex(@"^default AUC ([01]\.\d{3}); best AUC ([01]\.\d{3}) of 5 trials$")]
    private static partial Regex LastLine();
}
