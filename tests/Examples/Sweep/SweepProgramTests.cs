using System.Text.RegularExpressions;
using System.Xml.Linq;
using MlNetNtd.Studies.Sweep;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>Output and files of the study Sweep at a reduced size.</summary>
[TestClass]
public sealed partial class SweepProgramTests
{
    [TestMethod]
    public void Sweep_prints_all_trials_the_final_trainings_and_their_means()
    {
        using var folder = new TemporaryFolder();
        var (result, lines) = SweepSamples.Run(folder);

        CollectionAssert.AreEquivalent(new[] { 1, 1, 2, 4, 4 }, result.Trials.Select(trial => trial.Losses.Count).ToArray());
        CollectionAssert.AreEqual(result.Trials.Where(trial => trial.Ended).ToArray(), result.Ranked.OrderBy(trial => trial.Number).ToArray());
        Assert.HasCount(1, lines.Where(line => line.StartsWith("default ", StringComparison.Ordinal) && line.EndsWith($"{result.Trials[0].GetLoss():F3}", StringComparison.Ordinal)));
        var last = LastLine().Match(lines[^1]);
        Assert.IsTrue(last.Success, lines[^1]);
        Assert.AreEqual($"{result.GetAuc(0).Average():F3}", last.Groups[1].Value);
        Assert.AreEqual($"{result.GetAuc(result.Best).Average():F3}", last.Groups[2].Value);
        Assert.HasCount(SweepSamples.Hyperparameters.FinalSeeds, result.GetAuc(result.Best));

        Report.SaveChart(result, folder.PathOf("chart.svg"));
        Assert.Contains("validation loss, nats", string.Concat(XDocument.Load(folder.PathOf("chart.svg")).Descendants().Select(element => element.Value)));
    }

    [TestMethod]
    [FullRun]
    public void Seed_decides_every_figure_however_many_trials_train_at_a_time()
    {
        using var folder = new TemporaryFolder();
        var one = SweepSamples.Run(folder, parallel: 1).Lines;

        CollectionAssert.AreEqual(one, SweepSamples.Run(folder, parallel: 3).Lines);
        CollectionAssert.AreNotEqual(one, SweepSamples.Run(folder, seed: 2).Lines);
    }

    [GeneratedRegex(@"^default AUC ([01]\.\d{3}); best AUC ([01]\.\d{3}) of 5 trials$")]
    private static partial Regex LastLine();
}
