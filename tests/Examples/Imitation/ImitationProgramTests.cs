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
        LikelihoodSteps = 10,
        AdversarialSteps = 10,
        OnPolicyRounds = 2,
        RolloutWalks = 8,
        FreshDiscriminatorEpochs = 1,
    };

    [TestMethod]
    public void Run_reports_each_learner_and_the_means_and_draws_the_walks()
    {
        using var folder = new TemporaryFolder();
        var results = SeedRun.RunAll(Tiny, first: 1, count: 2, TextWriter.Null);
        string[] lines = [.. Report.CreateLines(results)];

        foreach (var learner in new[] { "experts", "cloning", "adversarial", "on-policy", "mixture density", "softmax of bins", "nearest neighbors" })
            Assert.HasCount(1, lines.Where(line => line.StartsWith(learner.PadRight(25), StringComparison.Ordinal)), learner);
        Assert.HasCount(2, lines.Where(line => line.Contains(" less mixture density, points", StringComparison.Ordinal)));
        Assert.MatchesRegex(LastLine(), lines[^1]);
        WalkPicture.Save(results[0], folder.PathOf("walks.svg"));
        Assert.Contains("on-policy: 0%", string.Concat(XDocument.Load(folder.PathOf("walks.svg")).Descendants().Select(element => element.Value)));
    }

    [TestMethod]
    [FullRun]
    public void Seed_decides_every_figure_but_the_time()
    {
        CollectionAssert.AreEqual(Run(3), Run(3));
        CollectionAssert.AreNotEqual(Run(3), Run(4));

        // Processor time is not the seed's to decide.
        static string[] Run(int first) =>
            [.. SeedRun.RunAll(Tiny, first, count: 2, TextWriter.Null).SelectMany(result => result.Learners).Select(learner =>
                $"{learner.Name} {learner.Trial.Success} {learner.Trial.DisturbedSuccess} {learner.Trial.LeftFraction} {learner.Trial.FreshAuc} {learner.Trial.Walks[0].States[^1]}")];
    }

    [GeneratedRegex(@"^success: cloning [\d.]+% adversarial [\d.]+% on-policy [\d.]+% mixture [\d.]+%; left share: experts [\d.]+% adversarial ([\d.]+|NaN)%$")]
    private static partial Regex LastLine();
}
