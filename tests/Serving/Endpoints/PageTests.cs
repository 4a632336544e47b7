using System.Net;
using System.Text.RegularExpressions;

namespace MlNetNtd.Serving.Tests;

/// <summary>GET / is the page.</summary>
[TestClass]
public sealed partial class PageTests
{
    [TestMethod]
    public async Task Page_is_one_file_that_loads_nothing_from_elsewhere()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);

        using var response = await server.Client.GetAsync("");

        var page = await response.Content.ReadAsStringAsync();
        Assert.AreEqual("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("<!doctype html>", page);
        Assert.DoesNotMatchRegex(Resource(), page);
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [TestMethod]
    public async Task Page_that_the_browser_has_is_not_sent_again()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        var tag = (await server.Client.GetAsync("")).Headers.ETag!;
        using var request = new HttpRequestMessage(HttpMethod.Get, "");
        request.Headers.IfNoneMatch.Add(tag);

        using var response = await server.Client.SendAsync(request);

        Assert.AreEqual(HttpStatusCode.NotModified, response.StatusCode);
    }

    [GeneratedRegex("""\b(src|href)=|@import|url\(|https?://""")]
    private static partial Regex Resource();
}
