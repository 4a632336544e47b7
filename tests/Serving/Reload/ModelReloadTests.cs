namespace MlNetNtd.Serving.Tests;

/// <summary>A model that is replaced takes over; one that cannot be read leaves the one before it in service, and /health says so.</summary>
[TestClass]
public sealed class ModelReloadTests
{
    private const float Tolerance = 1e-5f;
    private static readonly string[] Text = ["two", "three", "one"];

    [TestMethod]
    public async Task Health_of_an_unchanged_model_is_Healthy_and_describes_it()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        var health = await server.GetHealthAsync();

        Assert.AreEqual("Healthy", health.GetProperty("status").GetString());
        Assert.IsNull(health.GetProperty("problem").GetString());
        Assert.AreEqual("Trained on counting, seed 1.", health.GetProperty("description").GetString());
        Assert.AreEqual(8, health.GetProperty("words").GetInt32());
        Assert.AreEqual((await server.ScoreAsync("one")).Model, health.GetProperty("model").GetString());
    }

    [TestMethod]
    public async Task Replaced_model_takes_over()
    {
        using var folder = new ModelFolder(seed: 1);
        await using var server = await Server.StartAsync(folder);
        await AssertServes(server, seed: 1);

        folder.Install(seed: 2);

        await WaitForSeed(server, seed: 2);
        await AssertServes(server, seed: 2);
        Assert.AreEqual("Healthy", (await server.GetHealthAsync()).GetProperty("status").GetString());
    }

    [TestMethod]
    public async Task Folder_behind_a_link_that_is_exchanged_takes_over()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Links need rights that tests on Windows lack.");
        using var folder = new ModelFolder(seed: 1);
        using var one = new ModelFolder(seed: 1);
        using var two = new ModelFolder(seed: 2);
        foreach (var path in (string[])[folder.ModelPath, folder.VocabularyPath])
        {
            File.Delete(path);
            File.CreateSymbolicLink(path, Path.Combine("..data", Path.GetFileName(path)));
        }

        var link = Path.Combine(folder.Path, "..data");
        Directory.CreateSymbolicLink(link, one.Path);
        await using var server = await Server.StartAsync(folder);
        await AssertServes(server, seed: 1);

        // As Kubernetes exchanges a volume: the links to the files stay as they are.
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, two.Path);

        await WaitForSeed(server, seed: 2);
        await AssertServes(server, seed: 2);
    }

    [TestMethod]
    public async Task Damaged_model_leaves_the_one_before_it_in_service()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        ModelFolder.Overwrite(folder.ModelPath, File.ReadAllBytes(folder.ModelPath)[..^100]);

        await AssertDegraded(server, $"{folder.ModelPath}: Cannot read the model: expected a model zip, found another or a damaged file.");
        await AssertServes(server, seed: 1);
    }

    [TestMethod]
    public async Task Damaged_vocabulary_leaves_the_one_before_it_in_service()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        ModelFolder.Overwrite(folder.VocabularyPath, File.ReadAllBytes(folder.VocabularyPath)[..^4]);

        await AssertDegraded(server, $"{folder.VocabularyPath}: Not a whole .safetensors file");
        await AssertServes(server, seed: 1);
    }

    [TestMethod]
    public async Task Vanished_model_leaves_the_one_before_it_in_service_until_one_is_there_again()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        File.Delete(folder.ModelPath);
        await AssertDegraded(server, $"{folder.ModelPath}: expected a file, found none.");
        await AssertServes(server, seed: 1);

        folder.Install(seed: 2);
        await WaitForSeed(server, seed: 2);
        await AssertServes(server, seed: 2);
    }

    [TestMethod]
    public async Task Model_and_words_of_two_trainings_do_not_serve_together()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        folder.InstallModel(seed: 2);
        await AssertDegraded(server, $"{folder.VocabularyPath}: expected the words of {folder.ModelPath}, whose SHA-256 is ");
        await AssertServes(server, seed: 1);

        folder.Install(seed: 2);
        await WaitForSeed(server, seed: 2);
    }

    private static async Task WaitForSeed(Server server, int seed) => await server.WaitForHealthAsync(health =>
        health.GetProperty("status").GetString() == "Healthy" && health.GetProperty("description").GetString()!.EndsWith($"seed {seed}.", StringComparison.Ordinal));

    private static async Task AssertDegraded(Server server, string problem)
    {
        var health = await server.WaitForHealthAsync(health => health.GetProperty("status").GetString() == "Degraded");

        Assert.StartsWith(problem, health.GetProperty("problem").GetString()!);
    }

    private static async Task AssertServes(Server server, int seed)
    {
        var words = (await server.ScoreAsync(string.Join(' ', Text))).Words;
        foreach (var (expected, word) in ModelFolder.Score(seed, Text).Zip(words))
            Assert.AreEqual(expected, word.Probability!.Value, Tolerance, word.Text);
    }
}
