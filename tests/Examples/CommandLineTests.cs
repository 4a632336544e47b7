using MlNetNtd.Examples.Quickstart;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    public void Without_arguments_the_defaults_hold()
    {
        Assert.AreEqual(
            new Settings(Settings.DefaultInputPath, Settings.DefaultTokens, Settings.DefaultDimension, null), Parse());
        Assert.IsTrue(File.Exists(Settings.DefaultInputPath));
    }

    [TestMethod]
    public void Every_option_is_taken() => Assert.AreEqual(
        new Settings("text.txt", 7, 9, "kept.zip"),
        Parse("--input", "text.txt", "--tokens", "7", "--dim=9", "--out", "kept.zip"));

    [TestMethod]
    public void A_file_may_be_called_as_it_likes() => Assert.AreEqual("@text", Parse("--input", "@text").InputPath);

    [TestMethod]
    [DataRow("--tokens", Settings.MaxTokens)]
    [DataRow("--dim", Settings.MaxDimension)]
    public void The_limits_themselves_are_within(string option, int most)
    {
        Parse(option, "1");
        Parse(option, $"{most}");
        AssertRefused($"not '{most + 1}'", option, $"{most + 1}");
        AssertRefused("not '0'", option, "0");
    }

    [TestMethod]
    public void An_option_without_a_value_twice_or_unknown_is_refused_by_name()
    {
        AssertRefused("'--tokens'", "--tokens");
        AssertRefused("'--tokens'", "--tokens", "2", "--tokens", "3");
        AssertRefused("'--token'", "--token", "2");
        AssertRefused("'text.txt'", "text.txt");
        AssertRefused("--input", "--input", "");
        AssertRefused("--out", "--out", "");
    }

    [TestMethod]
    public void Help_wins_over_everything_else()
    {
        using var output = new StringWriter();
        var code = CommandLine.Run(["--tokens", "many", "--help"], output, _ => throw new InvalidOperationException("not asked for"));

        Assert.AreEqual(0, code);
        Assert.Contains("--tokens <T>", output.ToString());
    }

    [TestMethod]
    public void The_exit_code_is_that_of_the_tour() => Assert.AreEqual(7, CommandLine.Run([], TextWriter.Null, _ => 7));

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
