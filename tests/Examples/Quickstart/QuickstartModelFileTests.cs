namespace MlNetNtd.Examples.Tests;

/// <summary>The model file that examples/Quickstart writes.</summary>
[TestClass]
public sealed class QuickstartModelFileTests
{
    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task Link_to_the_input_text_is_refused_as_model_file()
    {
        using var folder = new TemporaryFolder();
        var text = folder.Write("text.txt", Samples.Text);
        var link = folder.PathOf("model.zip");
        File.CreateSymbolicLink(link, text);

        AssertRefused(await QuickstartProgram.Run(null, "--input", text, "--tokens", "2", "--out", link), "is the input");
        Assert.AreEqual(Samples.Text, await File.ReadAllTextAsync(text));
    }

    [TestMethod]
    public async Task Existing_file_is_replaced_by_a_whole_model()
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
