namespace MlNetNtd.Examples.Tests;

/// <summary>Where the Quickstart's model goes: known to be possible before any work is done, and harmful to nothing.</summary>
[TestClass]
public sealed class ModelOutputTests
{
    [TestMethod]
    public async Task A_temporary_folder_that_is_missing_is_said_in_one_sentence_with_what_helps()
    {
        using var folder = new TemporaryFolder();

        AssertRefused(await QuickstartProgram.Run(folder.PathOf("gone")), "--out says where to keep the model instead");
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task A_device_keeps_no_model_and_stays_a_device()
    {
        AssertRefused(await QuickstartProgram.Run(null, "--out", "/dev/null"), "'/dev/null' is no file that a model could be kept in");
        Assert.AreEqual(0, new FileInfo("/dev/null").Length);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task A_link_to_the_text_is_the_text()
    {
        using var folder = new TemporaryFolder();
        var text = folder.Write("text.txt", Samples.Text);
        var link = folder.PathOf("model.zip");
        File.CreateSymbolicLink(link, text);

        AssertRefused(await QuickstartProgram.Run(null, "--input", text, "--tokens", "2", "--out", link), "is the input");
        Assert.AreEqual(Samples.Text, await File.ReadAllTextAsync(text));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task A_folder_that_takes_no_file_is_found_before_the_work_is_done() =>
        AssertRefused(await QuickstartProgram.Run(null, "--out", "/proc/self/model.zip"), "'/proc/self/model.zip' cannot be written");

    [TestMethod]
    public async Task What_was_there_is_replaced_by_a_whole_model_and_nothing_is_left_beside_it()
    {
        using var folder = new TemporaryFolder();
        var model = folder.Write("model.zip", "an older one");
        var run = await QuickstartProgram.Run(null, "--input", folder.Write("text.txt", Samples.Text), "--tokens", "2", "--out", model);

        Assert.AreEqual(0, run.ExitCode, string.Join('\n', run.Error));
        using var loaded = (IDisposable)new Microsoft.ML.MLContext().Model.Load(model, out _);
        Assert.HasCount(2, Directory.GetFiles(folder.Path));
    }

    private static void AssertRefused(QuickstartProgram run, string complaint)
    {
        Assert.AreEqual(1, run.ExitCode);
        Assert.IsEmpty(run.Output);
        Assert.HasCount(1, run.Error);
        Assert.Contains(complaint, run.Error[0]);
    }
}
