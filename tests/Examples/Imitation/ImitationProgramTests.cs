using System.Text.RegularExpressions;
using System.Xml.Linq;
using MlNetNtd.Studies.Imitation;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>Output and files of the study Imitation at a size that takes seconds; how well it learns is not tested.</summary>
[TestClass]
public sealed partial class ImitationProgramTests
{
    private static Hyperparameters Tiny => new()
    {
        Experts = 40,
        TrialWalks = 20,
        BatchSize = 8,
        CloningSteps = 10,
        AdversarialSteps = 10,
        OnPolicyRounds = 2,
        RolloutWalks = 8,
        FreshDiscriminatorEpochs = 1,
    };

    [TestMethod]
    public void Run_reports_each_learner_and_the_means_and_draws_the_walks()
    {
        using var folder = new TemporaryFolder();
        var results = SeedRun.RunAll(Tiny, first: 1, count: 2);
        string[] lines = [.. Report.CreateLines(results)];

        foreach (var learner in new[] { "experts", "cloning", "adversarial", "on-policy" })
            Assert.HasCount(1, lines.Where(line => line.StartsWith($"{learner} ", StringComparison.Ordinal)), learner);
        Assert.MatchesRegex(LastLine(), lines[^1]);
        WalkPicture.Save(results[0], folder.PathOf("walks.svg"));
        Assert.Contains("on-policy: 0%", string.Concat(XDocument.Load(folder.PathOf("walks.svg")).Descendants().Select(element => element.Value)));
    }

    [TestMethod]
    [FullRun]
    public void Seed_decides_every_figure_whatever_runs_beside_it()
    {
        CollectionAssert.AreEqual(Run(3), Run(3));
        CollectionAssert.AreNotEqual(Run(3), Run(4));

        static string[] Run(int first) => [.. Report.CreateLines(SeedRun.RunAll(Tiny, first, count: 2))];
    }

    [GeneratedRegex(@"^success: cloning [\d.]+% adversarial [\d.]+% on-policy [\d.]+%; left share: experts [\d.]+% adversarial ([\d.]+|NaN)%$")]
    private static partial Regex LastLine();
}
