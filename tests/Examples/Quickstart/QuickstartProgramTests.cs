using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>Arguments, output and exit codes of examples/Quickstart.</summary>
[TestClass]
public sealed class QuickstartProgramTests
{
    [TestMethod]
    public async Task Default_run_uses_the_book_and_ends_with_the_OK_line()
    {
        var run = await QuickstartProgram.Run(null);

        var (tokens, dimension) = (16, 32);
        Assert.AreEqual(0, run.ExitCode, string.Join('\n', run.Error));
        Assert.IsEmpty(run.Error);
        Assert.AreEqual(OkLine(Samples.ReadBook().Ids.Length / tokens, tokens, dimension), run.Output[^1]);
    }

    [TestMethod]
    [DataRow(1, 1)]
    [FullRunRow(3, 5)]
    [DataRow(14, 40)]
    public async Task Last_line_has_the_requested_rows_and_shapes(int tokens, int dimension)
    {
        using var folder = new TemporaryFolder();
        var run = await QuickstartProgram.Run(
            null, "--input", folder.Write("text.txt", Samples.Text), "--tokens", $"{tokens}", "--dim", $"{dimension}");

        Assert.AreEqual(0, run.ExitCode, string.Join('\n', run.Error));
        Assert.AreEqual(OkLine(14 / tokens, tokens, dimension), run.Output[^1]);
    }

    [TestMethod]
    [FullRun]
    public async Task Two_runs_print_the_same()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["--tokens", "300", "--out", folder.PathOf("model.zip")];
        var one = await QuickstartProgram.Run(null, arguments);
        var other = await QuickstartProgram.Run(null, arguments);

        Assert.AreEqual(0, one.ExitCode, string.Join('\n', one.Error));
        // Only the size of the zip may differ, which may hold the time of writing.
        CollectionAssert.AreEqual(
            one.Output.Where(line => !line.Contains("model.zip", StringComparison.Ordinal)).ToArray(),
            other.Output.Where(line => !line.Contains("model.zip", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public async Task Output_names_packages_engine_and_device()
    {
        using var folder = new TemporaryFolder();
        var run = await QuickstartProgram.Run(null, "--input", folder.Write("text.txt", Samples.Text), "--tokens", "2");

        foreach (var name in (string[])["MlNetNtd.Estimator", "Microsoft.ML.Data", "TorchSharp"])
            Assert.Contains(line => line.StartsWith($"   {name} ", StringComparison.Ordinal), run.Output);

        Assert.Contains(line => line.Contains("Engine: ", StringComparison.Ordinal) && line.Contains("device: ", StringComparison.Ordinal), run.Output);
    }

    [TestMethod]
    public async Task Requested_model_file_is_kept()
    {
        using var folder = new TemporaryFolder();
        var model = folder.PathOf("model.zip");
        var run = await QuickstartProgram.Run(
            null, "--input", folder.Write("text.txt", Samples.Text), "--tokens", "2", "--dim", "3", "--out", model);

        Assert.AreEqual(0, run.ExitCode, string.Join('\n', run.Error));
        using var loaded = (IDisposable)new Microsoft.ML.MLContext().Model.Load(model, out var schema);
        Assert.IsNotNull(schema.GetColumnOrNull("PreviousEmbeddings"));
    }

    [TestMethod]
    public async Task Temporary_model_is_removed_with_a_message()
    {
        using var folder = new TemporaryFolder();
        using var temporary = new TemporaryFolder();
        var run = await QuickstartProgram.Run(
            temporary.Path, "--input", folder.Write("text.txt", Samples.Text), "--tokens", "2", "--dim", "3");

        Assert.AreEqual(0, run.ExitCode, string.Join('\n', run.Error));
        Assert.IsEmpty(Directory.GetFiles(temporary.Path, "*.tmp"));
        Assert.Contains(line => line.Contains("removed", StringComparison.Ordinal), run.Output);
    }

    [TestMethod]
    public async Task Help_is_printed_with_every_option()
    {
        var run = await QuickstartProgram.Run(null, "--help");

        Assert.AreEqual(0, run.ExitCode);
        var help = string.Join('\n', run.Output);
        foreach (var option in (string[])["--input <FILE>", "--tokens <T>", "--dim <C>", "--out <model.zip>", "--help"])
            Assert.Contains(option, help);
    }

    [TestMethod]
    [DataRow("--tokens", "0")]
    [DataRow("--tokens", "-3")]
    [DataRow("--tokens", "many")]
    [DataRow("--tokens", "99999999999999")]
    [DataRow("--tokens", "2049")]
    [DataRow("--dim", "0")]
    [DataRow("--dim", "257")]
    [DataRow("--dim", "1.5")]
    [DataRow("--bogus", "1")]
    [DataRow("--input", "no-such-file.txt")]
    [DataRow("--input", ".")]
    [DataRow("--out", "no-such-folder/model.zip")]
    public async Task Bad_argument_is_named_in_one_sentence_with_exit_code_1(string option, string value)
    {
        var run = await QuickstartProgram.Run(null, option, value);

        AssertRefused(run, option == "--bogus" ? option : value);
    }

    [TestMethod]
    [DataRow("", "it has 0 tokens")]
    [DataRow(" \n\t\n", "it has 0 tokens")]
    [DataRow(Samples.Text, "it has 14 tokens, and one row takes 15")]
    public async Task Unusable_file_is_named_in_one_sentence_with_exit_code_1(string text, string complaint)
    {
        using var folder = new TemporaryFolder();
        var run = await QuickstartProgram.Run(null, "--input", folder.Write("text.txt", text), "--tokens", "15");

        AssertRefused(run, complaint);
        AssertRefused(run, "text.txt");
    }

    [TestMethod]
    public async Task Model_does_not_overwrite_the_input_text()
    {
        using var folder = new TemporaryFolder();
        var text = folder.Write("text.txt", Samples.Text);
        var run = await QuickstartProgram.Run(null, "--input", text, "--tokens", "2", "--out", text);

        AssertRefused(run, "is the input");
        Assert.AreEqual(Samples.Text, await File.ReadAllTextAsync(text));
    }

    private static string OkLine(int rows, int tokens, int dimension) =>
        $"OK: {rows} {(rows == 1 ? "row" : "rows")}, combined [{2 * tokens}, {dimension}], mask [{2 * tokens}, {2 * tokens}], "
        + "reloaded model agrees on every value";

    private static void AssertRefused(QuickstartProgram run, string complaint)
    {
        Assert.AreEqual(1, run.ExitCode);
        Assert.IsEmpty(run.Output);
        Assert.HasCount(1, run.Error);
        Assert.Contains(complaint, run.Error[0]);
    }
}
