using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace MlNetNtd.Serving.Tests;

/// <summary>The application on a real port, in the tests' process.</summary>
internal sealed class Server : IAsyncDisposable
{
    /// <summary>How long a test waits for what should happen soon.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;

    private Server(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = Limit };
    }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it. It looks at the model's files every 10 ms.</summary>
    public static async Task<Server> StartAsync(ModelFolder folder, params string[] options)
    {
        var app = ServingApplication.Create(
            ["--urls=http://127.0.0.1:0", $"--Serving:Model={folder.Path}", "--Serving:ReloadMilliseconds=10", "--Logging:LogLevel:Default=Error", .. options]);
        await app.StartAsync();
        return new Server(app);
    }

    /// <summary>Scores a text.</summary>
    public async Task<Scores> ScoreAsync(string text) => await Scores.ReadAsync(await Client.PostAsJsonAsync("score", new { text }));

    /// <summary>Reads /health.</summary>
    public async Task<JsonElement> GetHealthAsync() => await Client.GetFromJsonAsync<JsonElement>("health");

    /// <summary>Waits until /health is as a condition says.</summary>
    public async Task<JsonElement> WaitForHealthAsync(Func<JsonElement, bool> condition)
    {
        var end = DateTime.UtcNow + Limit;
        while (true)
        {
            var health = await GetHealthAsync();
            if (condition(health))
                return health;
            Assert.IsLessThan(end, DateTime.UtcNow, $"/health stays {health}");
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>The answer to a text.</summary>
internal sealed record Scores(ScoredWord[] Words, string Model)
{
    public static async Task<Scores> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.IsTrue(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<Scores>(text, JsonSerializerOptions.Web)!;
    }
}

/// <summary>The score of a word.</summary>
internal sealed record ScoredWord(string Text, int Start, float? Probability, bool Known);
