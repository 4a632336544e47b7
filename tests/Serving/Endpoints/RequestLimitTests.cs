using System.Net;
using System.Text;
using System.Text.Json;

namespace MlNetNtd.Serving.Tests;

/// <summary>A request that cannot be answered gets a status and one sentence, and the next one is answered.</summary>
[TestClass]
public sealed class RequestLimitTests
{
    private const string Json = "application/json";
    private const string Example = """Expected a JSON object like {"text": "The cat sat."}""";

    [TestMethod]
    [DataRow("one two", "text/plain", 415, "Expected a body of type application/json, found text/plain; charset=utf-8.")]
    [DataRow("one two", Json, 400, $"{Example}, found something else at byte 0 of line 1.")]
    [DataRow("", Json, 400, $"{Example}, found something else at byte 0 of line 1.")]
    [DataRow("null", Json, 400, $"{Example}, found null.")]
    [DataRow("""{"text": "one" """, Json, 400, Example)]
    [DataRow("""{"text": null}""", Json, 400, Example)]
    [DataRow("""{"text": 5}""", Json, 400, Example)]
    [DataRow("""{"words": "one"}""", Json, 400, Example)]
    [DataRow("""{"text": "\ud800"}""", Json, 400, Example)]
    [DataRow("""{"text": ""}""", Json, 400, "Expected a text with at least one word, found none.")]
    [DataRow("""{"text": " \n -- () "}""", Json, 400, "Expected a text with at least one word, found none.")]
    [DataRow("""{"text": "one two three four five six"}""", Json, 400, "Expected a text of at most 5 words and punctuation marks, found 6.")]
    public async Task Bad_request_is_refused_with_one_sentence(string body, string type, int status, string sentence)
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder, "--Serving:MaxWords=5");

        using var response = await server.Client.PostAsync("score", new StringContent(body, Encoding.UTF8, type));

        await AssertRefused(response, status, sentence);
        Assert.HasCount(5, (await server.ScoreAsync("one two three four five")).Words);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Body_that_is_too_large_is_refused_whether_its_length_is_announced_or_not(bool isAnnounced)
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder, "--Serving:MaxBodyBytes=100");
        var body = JsonSerializer.Serialize(new { text = new string('a', 200) });
        using var request = new HttpRequestMessage(HttpMethod.Post, "score") { Content = new StringContent(body, Encoding.UTF8, Json) };
        request.Headers.TransferEncodingChunked = !isAnnounced;

        using var response = await server.Client.SendAsync(request);

        await AssertRefused(response, 413, "Expected a body of at most 100 bytes, found more.");
        Assert.HasCount(1, (await server.ScoreAsync("one")).Words);
    }

    [TestMethod]
    public async Task Body_of_the_allowed_length_is_answered()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder, "--Serving:MaxBodyBytes=100");
        var body = """{"text": "one"}""".PadRight(100);

        using var response = await server.Client.PostAsync("score", new StringContent(body, Encoding.UTF8, Json));

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
    }

    [TestMethod]
    public async Task Other_paths_and_methods_are_not_found()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, (await server.Client.GetAsync("score")).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await server.Client.GetAsync("model.zip")).StatusCode);
    }

    private static async Task AssertRefused(HttpResponseMessage response, int status, string sentence)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.AreEqual(status, (int)response.StatusCode, text);
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(sentence, JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString()!);
    }
}
