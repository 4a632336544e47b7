using System.Globalization;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>Many files, in shards, by processes that are killed and started again.</summary>
[TestClass]
public sealed class ManyFilesTests
{
    private const int Files = 6;
    private const int Rows = 9;
    private const int Kills = 20;

    [TestMethod]
    public void Shards_together_write_what_one_process_writes() => TemporaryFolder.Use(folder =>
    {
        var pattern = WriteFiles(folder);
        var (alone, together) = (Path.Combine(folder, "alone"), Path.Combine(folder, "together"));

        Assert.AreEqual("", ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", alone).Error);
        foreach (var shard in (string[])["1/4", "2/4", "3/4", "4/4"])
            Assert.AreEqual("", ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", together, "--shard", shard).Error);

        AssertSameFiles(alone, together);
    });

    [TestMethod]
    public void Process_says_which_shard_the_environment_gave_it() => TemporaryFolder.Use(folder =>
    {
        var (pattern, output) = (WriteFiles(folder), Path.Combine(folder, "out"));
        var settings = new RunSettings { Environment = new() { ["PMI_RANK"] = "1", ["PMI_SIZE"] = "4" } };

        var run = ToolRun.RunWith(settings, "score", pattern, "-m", SampleModel.Path, "-o", output);

        Assert.AreEqual("ntd: shard 2 of 4 (PMI_RANK): 2 of 6 files.\n", run.Error);
        CollectionAssert.AreEqual(new[] { "part-1.parquet", "part-5.parquet" }, Names(output));
    });

    [TestMethod]
    public void Shard_without_files_writes_nothing() => TemporaryFolder.Use(folder =>
    {
        var (pattern, output) = (WriteFiles(folder), Path.Combine(folder, "out"));
        Assert.AreEqual(0, ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", output, "--shard", "7/7").ExitCode);
        Assert.IsFalse(Directory.Exists(output));
    });

    [TestMethod]
    public void Output_that_is_there_and_whole_is_skipped() => TemporaryFolder.Use(folder =>
    {
        var (pattern, output) = (WriteFiles(folder), Path.Combine(folder, "out"));
        Assert.AreEqual("", ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", output).Error);
        var written = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var file in Directory.GetFiles(output))
            File.SetLastWriteTimeUtc(file, written);
        File.Delete(Path.Combine(output, "part-3.parquet"));

        Assert.AreEqual("", ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", output).Error);

        foreach (var file in Directory.GetFiles(output))
            Assert.AreEqual(!file.EndsWith("part-3.parquet", StringComparison.Ordinal), File.GetLastWriteTimeUtc(file) == written, file);
        Assert.HasCount(Files, Directory.GetFiles(output));
    });

    [TestMethod]
    public void Output_of_another_input_is_an_error_and_stays() => AssertDiffers(
        "another input", (folder, input) => SampleTable.Write(input, SampleTable.Rows(Rows, seed: 2)));

    [TestMethod]
    public void Output_of_another_model_is_an_error_and_stays() => AssertDiffers("another model", (_, _) => { }, "-m", SampleModel.Save("other.zip", options => options.BatchSize = 5));

    [TestMethod]
    public void Output_of_other_options_is_an_error_and_stays() => AssertDiffers("other options", (_, _) => { }, "-m", SampleModel.Path, "--keep-inputs");

    [TestMethod]
    public void Output_that_the_tool_did_not_write_is_an_error_and_stays() => TemporaryFolder.Use(folder =>
    {
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows)), Path.Combine(folder, "out.parquet"));
        SampleTable.Write(output, SampleTable.Rows(Rows));
        AssertStays(output, $"{output}: expected no file, or the same output of an earlier run, found a table that ntd did not write; --overwrite replaces it.", input);
        File.WriteAllText(output, "not a table");
        AssertStays(output, $"{output}: expected no file, or the same output of an earlier run, found a file that is no whole table; --overwrite replaces it.", input);
    });

    [TestMethod]
    public void Option_overwrite_replaces_another_output() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), rows), Path.Combine(folder, "out.parquet"));
        File.WriteAllText(output, "not a table");

        Assert.AreEqual("", ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", output, "--overwrite").Error);

        ScoreTests.AssertScores(rows, SampleTable.Read(output));
    });

    [TestMethod]
    public void Two_inputs_of_one_name_are_an_error() => TemporaryFolder.Use(folder =>
    {
        foreach (var name in (string[])["a", "b"])
            Directory.CreateDirectory(Path.Combine(folder, name));
        var (first, second) = (SampleTable.Write(Path.Combine(folder, "a", "t.parquet"), SampleTable.Rows(2)), SampleTable.Write(Path.Combine(folder, "b", "t.parquet"), SampleTable.Rows(2)));
        var output = Path.Combine(folder, "out");

        Assert.AreEqual(
            $"{Path.Combine(output, "t.parquet")}: expected one input of this name, found {first} and {second}.",
            ToolRun.Run("score", first, second, "-m", SampleModel.Path, "-o", output).Sentence);
    });

    [TestMethod]
    [FullRun]
    public void Processes_that_are_killed_and_started_again_leave_what_one_process_writes() => TemporaryFolder.Use(folder =>
    {
        var pattern = WriteFiles(folder);
        var (alone, killed) = (Path.Combine(folder, "alone"), Path.Combine(folder, "killed"));
        Assert.AreEqual("", ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", alone).Error);
        var random = new Random(1);

        for (var i = 0; i < Kills; i++)
        {
            using var process = System.Diagnostics.Process.Start(ToolRun.CreateStart("score", pattern, "-m", SampleModel.Path, "-o", killed))!;
            process.WaitForExit(300 + random.Next(900));
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            // Whatever has its name is whole.
            foreach (var file in Directory.Exists(killed) ? Directory.GetFiles(killed, "*.parquet") : [])
                CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(alone, Path.GetFileName(file))), File.ReadAllBytes(file));
        }

        Assert.AreEqual("", ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", killed).Error);
        AssertSameFiles(alone, killed);
    });

    private static string WriteFiles(string folder)
    {
        for (var i = 0; i < Files; i++)
            SampleTable.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part-{i}.parquet")), SampleTable.Rows(Rows, seed: i + 1));
        return Path.Combine(folder, "part-*.parquet");
    }

    private static void AssertDiffers(string what, Action<string, string> change, params string[] arguments) => TemporaryFolder.Use(folder =>
    {
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows)), Path.Combine(folder, "out.parquet"));
        Assert.AreEqual("", ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", output).Error);
        change(folder, input);

        AssertStays(output, $"{output}: expected no file, or the same output of an earlier run, found an output of {what}; --overwrite replaces it.", input, arguments);
    });

    private static void AssertStays(string output, string message, string input, params string[] arguments)
    {
        var before = File.ReadAllBytes(output);
        var run = ToolRun.Run(["score", input, "-o", output, .. arguments.Length == 0 ? ["-m", SampleModel.Path] : arguments]);
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.AreEqual(message, run.Sentence);
        CollectionAssert.AreEqual(before, File.ReadAllBytes(output));
    }

    internal static void AssertSameFiles(string expected, string found)
    {
        CollectionAssert.AreEqual(Names(expected), Names(found));
        foreach (var name in Names(expected))
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(found, name)), name);
    }

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
