using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.ML;
using MlNetNtd.Examples.Imitation;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>The program as a user meets it, at a size that is done in seconds: what it prints and leaves, not how well it learns.</summary>
[TestClass]
public sealed partial class ImitationProgramTests
{
    private static Recipe Tiny => new()
    {
        Experts = 40,
        TrialWalks = 20,
        BatchSize = 8,
        CloningSteps = 10,
        AdversarialSteps = 10,
        OnPolicyRounds = 2,
        RolloutWalks = 8,
        JudgeEpochs = 1,
    };

    [TestMethod]
    public void A_run_prints_figures_goals_and_the_last_line_and_leaves_picture_chart_and_model()
    {
        using var folder = new TemporaryFolder();
        var lines = Run(folder, "run", seeds: 2, first: 1);

        Assert.MatchesRegex(LastLine(), lines[^1]);
        Assert.HasCount(4, lines.Where(line => line.StartsWith("Goal: ", StringComparison.Ordinal)));
        foreach (var learner in new[] { "experts", "cloning", "adversarial", "on-policy" })
            Assert.HasCount(1, lines.Where(line => line.StartsWith($"| {learner} ", StringComparison.Ordinal)), learner);
        var output = folder.PathOf("run");
        foreach (var picture in new[] { "paths.svg", "seeds.svg" })
            Assert.IsNotEmpty(XDocument.Load(Path.Combine(output, picture)).Descendants());
        using var model = (IDisposable)new MLContext().Model.Load(Path.Combine(output, "model.zip"), out var schema);
        Assert.IsNotNull(schema.GetColumnOrNull(nameof(WalkRow.CurrentEmbeddings)));
        Assert.HasCount(2, lines.Where(line => line.Contains("at step", StringComparison.Ordinal)));
    }

    [TestMethod]
    [FullRun]
    public void A_seed_decides_everything_printed_whatever_runs_beside_it()
    {
        using var folder = new TemporaryFolder();
        var (one, again) = (Run(folder, "one", 2, 3), Run(folder, "one", 2, 3));

        CollectionAssert.AreEqual(one, again);
        CollectionAssert.AreNotEqual(one, Run(folder, "one", 2, 4));
    }

    private static string[] Run(TemporaryFolder folder, string name, int seeds, int first)
    {
        using var output = new StringWriter();
        var code = new Session(new Settings(seeds, first, folder.PathOf(name)), new Screen(output, plain: true), Tiny).Run();
        // So few steps teach nothing, and the exit code says so.
        Assert.AreEqual(ExitCodes.LearnedNothing, code);
        return output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }

    [GeneratedRegex(@"^success: cloning [\d.]+% adversarial [\d.]+% on-policy [\d.]+%; left share: experts [\d.]+% adversarial ([\d.]+|NaN)%$")]
    private static partial Regex LastLine();
}
