using MlNetNtd.Examples.TextGan;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TextGanCommandLineTests
{
    [TestMethod]
    public void Without_arguments_the_program_decides()
    {
        Assert.AreEqual(new Settings(null, null, null, null, Settings.DefaultOutputFolder, false, false, null), Parse());
        Assert.IsTrue(File.Exists(Settings.DefaultInputPath));
    }

    [TestMethod]
    public void Every_option_is_taken() => Assert.AreEqual(
        new Settings("full", 0, "text.txt", 7, "folder", true, false, null),
        Parse("--preset", "full", "--seed", "0", "--input", "text.txt", "--rounds=7", "--out", "folder", "--resume"));

    [TestMethod]
    public void A_text_to_score_may_be_anything() =>
        Assert.AreEqual(new Settings(null, null, null, null, "x", false, false, "@home, --alone"), Parse("--out", "x", "--score", "@home, --alone"));

    [TestMethod]
    public void Bad_values_are_refused_by_name()
    {
        AssertRefused("not 'huge'", "--preset", "huge");
        AssertRefused("not '-1'", "--seed", "-1");
        AssertRefused("not '0'", "--rounds", "0");
        AssertRefused($"not '{Settings.MaxRounds + 1}'", "--rounds", $"{Settings.MaxRounds + 1}");
        AssertRefused("not 'many'", "--rounds", "many");
        AssertRefused("'--bogus'", "--bogus");
        AssertRefused("--out", "--out", "");
        AssertRefused("--input", "--input", "");
        Assert.AreEqual(Settings.MaxRounds, Parse("--rounds", $"{Settings.MaxRounds}").Rounds);
    }

    [TestMethod]
    [DataRow("--resume", null)]
    [DataRow("--ablation", null)]
    [DataRow("--rounds", "2")]
    [DataRow("--preset", "full")]
    [DataRow("--seed", "2")]
    [DataRow("--input", "text.txt")]
    public void Scoring_goes_with_no_option_of_training(string option, string? value)
    {
        string[] arguments = value is null ? ["--score", "text", option] : ["--score", "text", option, value];

        AssertRefused("--score", arguments);
    }

    [TestMethod]
    public void An_ablation_is_asked_for_by_name_and_cannot_be_resumed()
    {
        Assert.IsTrue(Parse("--ablation", "--seed", "3").Ablation);
        AssertRefused("--resume", "--ablation", "--resume");
    }

    [TestMethod]
    public void Help_names_every_option_and_wins_over_everything_else()
    {
        using var output = new StringWriter();
        var code = CommandLine.Run(["--rounds", "many", "--help"], output, _ => throw new InvalidOperationException("not asked for"));

        Assert.AreEqual(0, code);
        foreach (var option in (string[])["--preset", "--seed", "--input", "--rounds", "--out", "--resume", "--ablation", "--score"])
            Assert.Contains(option, output.ToString());
    }

    private static Settings Parse(params string[] arguments)
    {
        Settings? parsed = null;
        CommandLine.Run(arguments, TextWriter.Null, settings =>
        {
            parsed = settings;
            return 0;
        });
        Assert.IsNotNull(parsed);
        return parsed;
    }

    private static void AssertRefused(string complaint, params string[] arguments)
    {
        var error = Assert.ThrowsExactly<UserErrorException>(() => Parse(arguments));
        Assert.Contains(complaint, error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }
}
