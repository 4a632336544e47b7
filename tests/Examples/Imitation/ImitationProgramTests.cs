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

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_folder_that_takes_no_file_is_found_before_the_work_is_done()
    {
        var output = new StringWriter();
        var session = new Session(new Settings(1, 1, "/proc/self"), new Screen(output, plain: true), Tiny);

        var error = Assert.ThrowsExactly<UserErrorException>(() => session.Run());

        Assert.StartsWith("'/proc/self' cannot be written: ", error.Message);
        Assert.AreEqual("", output.ToString());
    }

    [TestMethod]
    public void A_file_that_cannot_be_written_whole_stays_what_it_was()
    {
        using var folder = new TemporaryFolder();
        var files = new OutputFiles(folder.Path);
        files.Write(files.Chart, [1, 2, 3]);
        // In the way of what is written first.
        Directory.CreateDirectory($"{files.Chart}.new");

        Assert.ThrowsExactly<UserErrorException>(() => files.Write(files.Chart, [4]));

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(files.Chart));
    }

    [TestMethod]
    [DataRow("--seeds", "0", "--seeds takes a whole number from 1 to 20, not '0'")]
    [DataRow("--seed", "x", "--seed takes a whole number from 0 to 1000000, not 'x'")]
    [DataRow("--out", "", "--out takes the name of a folder")]
    [DataRow("--speed", "1", "--speed")]
    public void Arguments_that_cannot_be_are_refused_in_a_sentence(string name, string value, string complaint)
    {
        var error = Assert.ThrowsExactly<UserErrorException>(() => CommandLine.Run([name, value], TextWriter.Null, _ => 0));

        Assert.Contains(complaint, error.Message);
    }

    [TestMethod]
    public void Without_arguments_it_runs_five_seeds()
    {
        Settings? found = null;
        Assert.AreEqual(7, CommandLine.Run([], TextWriter.Null, settings => { found = settings; return 7; }));

        Assert.AreEqual(new Settings(5, 1, "imitation"), found);
    }

    [TestMethod]
    [DataRow(0.2, 0.9, 0.9, true)]
    [DataRow(0.2, 0.2, 0.9, false)]
    [DataRow(0.2, 0.9, 0.1, false)]
    [DataRow(0, 0, 0, false)]
    public void It_has_learned_where_the_adversary_taught_more_than_regression_in_both_of_its_uses(
        double cloning, double adversarial, double onPolicy, bool learned)
    {
        var result = new SeedResult(1, With(1), With(cloning), With(adversarial), With(onPolicy), []);

        Assert.AreEqual(learned, Goals.Learned([result]));

        static Trial With(double success) => new(success, success, 0.5, 0.5, [], []);
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
