using System.Globalization;
using MlNetNtd.Tests;
using TestRun = MlNetNtd.Tests.TestRun;

namespace MlNetNtd.Serving.Tests;

/// <summary>Many requests at once, also while the model is replaced.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LoadTests
{
    private const int AtOnce = 64;
    private const int Requests = 1024;
    private const float Tolerance = 1e-5f;

    private static readonly string[] Words = ["two", "three", "one", "two", "five", "six"];

    public TestContext TestContext { get; set; } = null!;

    private static string Text => string.Join(' ', Words);

    [TestMethod]
    public async Task Requests_64_at_once_are_all_answered()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        await server.ScoreAsync(Text);

        var answers = await LoadGenerator.SendAsync(server.Address, Text, Requests, AtOnce);

        foreach (var (answer, _) in answers)
            AssertScores(answer, seed: 1);
        TestContext.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Requests} requests, {AtOnce} at once: p99 {LoadGenerator.GetPercentile(answers.Select(answer => answer.Milliseconds), 0.99):F1} ms"));
    }

    [TestMethod]
    public async Task Model_that_is_replaced_under_load_loses_no_request_and_mixes_no_answer()
    {
        using var folder = new ModelFolder(seed: 1);
        await using var server = await Server.StartAsync(folder);
        using var end = new CancellationTokenSource();
        var reloads = Task.Run(async () =>
        {
            for (var seed = 2; !end.IsCancellationRequested; seed = 3 - seed)
            {
                folder.Install(seed);
                await Task.Delay(20);
            }
        });

        var answers = await LoadGenerator.SendAsync(server.Address, Text, TestRun.Count(16 * Requests, Requests), AtOnce);

        await end.CancelAsync();
        await reloads;
        var models = answers.GroupBy(answer => answer.Answer.Model).ToArray();
        Assert.HasCount(2, models);
        foreach (var model in models)
        {
            var seed = Math.Abs(ModelFolder.Score(seed: 1, Words)[^1] - model.First().Answer.Words[^1].Probability!.Value) < Tolerance ? 1 : 2;
            foreach (var (answer, _) in model)
                AssertScores(answer, seed);
        }
    }

    [TestMethod]
    [FullRun]
    public async Task Memory_is_flat_over_1000_reloads()
    {
        const int reloads = 1000;
        const double growth = 1.1;
        using var folder = new ModelFolder(seed: 1);
        using var server = ServerProcess.Start(ServerProcess.OptionsFor(folder.Path, "--Serving:ReloadMilliseconds=2"));
        using var client = new HttpClient { BaseAddress = await server.WaitForAddressAsync() };

        // The heap and the compiled code have their size after the first ones.
        await ReloadAsync(folder, client, reloads);
        var before = server.ResidentBytes;
        await ReloadAsync(folder, client, reloads);
        var after = server.ResidentBytes;

        TestContext.WriteLine($"Resident: {before >> 10} KiB after {reloads} reloads, {after >> 10} KiB after {2 * reloads}");
        Assert.IsLessThan(growth * before, after);
    }

    // To and fro between two models; the first one serves at the end.
    private static async Task ReloadAsync(ModelFolder folder, HttpClient client, int reloads)
    {
        for (var i = 1; i <= reloads; i++)
        {
            var seed = 1 + i % 2;
            folder.Install(seed);
            var end = DateTime.UtcNow + Server.Limit;
            while (!(await client.GetStringAsync("health")).Contains($"seed {seed}.", StringComparison.Ordinal))
                Assert.IsLessThan(end, DateTime.UtcNow, "The model is not taken over.");
        }
    }

    private static void AssertScores(Scores answer, int seed)
    {
        Assert.HasCount(Words.Length, answer.Words);
        foreach (var (expected, word) in ModelFolder.Score(seed, Words).Zip(answer.Words))
            Assert.AreEqual(expected, word.Probability!.Value, Tolerance);
    }
}
