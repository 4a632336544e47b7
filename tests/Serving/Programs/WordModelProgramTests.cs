using MlNetNtd.Tests;

namespace MlNetNtd.Serving.Tests;

/// <summary>examples/WordModel trains a model that examples/Serving serves.</summary>
[TestClass]
[DoNotParallelize]
public sealed class WordModelProgramTests
{
    private const string Book = "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do.";
    private const string Shuffled = "Alice to tired do was her of nothing beginning, on very to the bank sitting and get by sister of having.";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Trained_model_serves_the_words_of_its_text()
    {
        using var folder = new ModelFolder();
        await TrainAsync(folder.Path, epochs: 1);
        await using var server = await Server.StartAsync(folder);

        var words = (await server.ScoreAsync("Alice, telephone")).Words;

        CollectionAssert.AreEqual((bool[])[true, true, false], words.Select(word => word.Known).ToArray());
        Assert.StartsWith("Trained on ", (await server.GetHealthAsync()).GetProperty("description").GetString()!);
    }

    // MLNETNTD_UPDATE_DOCS=1 writes the picture of docs/serving.md.
    [TestMethod]
    [FullRun]
    [NeedsChromium]
    public async Task Page_with_the_trained_model_scores_the_book_above_the_same_words_shuffled()
    {
        using var folder = new ModelFolder();
        await TrainAsync(folder.Path);
        await using var server = await Server.StartAsync(folder);
        await using var browser = await Browser.StartAsync(width: 880, height: 760);
        await browser.OpenAsync(server.Address);
        await browser.WaitForAsync("document.querySelectorAll('.word').length > 20 && document.getElementById('model').textContent !== ''");

        var picture = await browser.TakeScreenshotAsync();

        var path = Environment.GetEnvironmentVariable("MLNETNTD_UPDATE_DOCS") == "1"
            ? Path.Combine(BuildFacts.RepoRoot, "docs", "images", "serving.png")
            : Path.Combine(TestContext.TestRunResultsDirectory!, "serving.png");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, picture);
        TestContext.AddResultFile(path);
        Assert.AreEqual(1, await browser.EvaluateAsync<int>("[...document.querySelectorAll('.unknown')].length"));
        var (book, shuffled) = (Mean(await server.ScoreAsync(Book)), Mean(await server.ScoreAsync(Shuffled)));
        TestContext.WriteLine($"{(await server.GetHealthAsync()).GetProperty("description")} Means: {book:F2}, shuffled {shuffled:F2}");
        Assert.IsGreaterThan(shuffled + 0.1, book);
    }

    [TestMethod]
    [DataRow("--input", "no-such-file.txt", "no-such-file.txt")]
    [DataRow("--epochs", "many", "many")]
    [DataRow("--bogus", "1", "--bogus")]
    public async Task Bad_argument_is_named_with_exit_code_1(string option, string value, string complaint)
    {
        using var program = ServerProcess.StartDotnet(Path.Combine(AppContext.BaseDirectory, "WordModel.dll"), option, value);

        Assert.AreEqual(1, await program.WaitForExitAsync());
        Assert.Contains(complaint, program.Log.Single());
    }

    [TestMethod]
    public async Task Text_that_is_too_short_is_refused_with_one_sentence()
    {
        using var folder = new ModelFolder();
        var text = Path.Combine(folder.Path, "text.txt");
        await File.WriteAllTextAsync(text, string.Join(' ', Enumerable.Repeat("word", 600)));
        using var program = ServerProcess.StartDotnet(Path.Combine(AppContext.BaseDirectory, "WordModel.dll"), "--input", text);

        Assert.AreEqual(1, await program.WaitForExitAsync());
        Assert.AreEqual($"{text}: expected a text of at least 5120 words, found 600.", program.Log.Single());
    }

    private static async Task TrainAsync(string folder, int epochs = 15)
    {
        using var program = ServerProcess.StartDotnet(Path.Combine(AppContext.BaseDirectory, "WordModel.dll"), "--out", folder, "--epochs", $"{epochs}");
        Assert.AreEqual(0, await program.WaitForExitAsync(), string.Join('\n', program.Log));
    }

    private static double Mean(Scores scores) => scores.Words.Where(word => word.Known).Average(word => word.Probability!.Value);
}
