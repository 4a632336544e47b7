using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlNetNtd.Serving.Tests;

/// <summary>A page in Chromium without a window, driven over the DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Listening = "DevTools listening on ";

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private string? _session;
    private int _lastId;

    private Browser(Process process, DirectoryInfo profile) => (_process, _profile) = (process, profile);

    /// <summary>Starts it with an empty page.</summary>
    public static async Task<Browser> StartAsync(int width, int height)
    {
        var profile = Directory.CreateTempSubdirectory("mlnetntd-chromium-");
        // Chromium's sandbox does not start as root, as in a container. The page is our own.
        var start = new ProcessStartInfo(
            NeedsChromiumAttribute.Program!,
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var browser = new Browser(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync(width, height);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page.</summary>
    public async Task OpenAsync(Uri address)
    {
        await CallAsync("Page.navigate", new() { ["url"] = address.ToString() });
        await WaitForAsync($"location.href === '{address}' && document.readyState === 'complete'");
    }

    /// <summary>Evaluates an expression of JavaScript in the page.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.IsNull(answer["exceptionDetails"], $"{expression}: {answer}");
        return answer["result"]!["value"].Deserialize<T>()!;
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task WaitForAsync(string condition)
    {
        var end = DateTime.UtcNow + Server.Limit;
        while (!await EvaluateAsync<bool>(condition))
        {
            Assert.IsLessThan(end, DateTime.UtcNow, $"{condition} stays false: {await EvaluateAsync<string>("document.body.innerText")}");
            await Task.Delay(20);
        }
    }

    /// <summary>Types a text where the focus is.</summary>
    public Task TypeAsync(string text) => CallAsync("Input.insertText", new() { ["text"] = text });

    /// <summary>Presses a key.</summary>
    /// <param name="key">Its name in the DOM, as Tab.</param>
    /// <param name="code">Its virtual key code.</param>
    /// <param name="text">What it types; null: nothing.</param>
    public async Task PressAsync(string key, int code, string? text = null)
    {
        foreach (var type in (string[])["keyDown", "keyUp"])
        {
            JsonObject parameters = new() { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code };
            if (text is not null && type == "keyDown")
                parameters["text"] = text;
            await CallAsync("Input.dispatchKeyEvent", parameters);
        }
    }

    /// <summary>Shows the page as a user of the dark or light mode sees it.</summary>
    public Task SetColorSchemeAsync(string scheme) => CallAsync(
        "Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });

    /// <summary>Takes a picture of the page.</summary>
    /// <returns>A PNG file.</returns>
    public async Task<byte[]> TakeScreenshotAsync() =>
        Convert.FromBase64String((string)(await CallAsync("Page.captureScreenshot", new() { ["format"] = "png" }))["data"]!);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser that has not ended yet still writes.
        }
    }

    private async Task ConnectAsync(int width, int height)
    {
        using var limit = new CancellationTokenSource(Server.Limit);
        string? line;
        do
        {
            line = await _process.StandardError.ReadLineAsync(limit.Token);
            Assert.IsNotNull(line, "Chromium ended at its start.");
        }
        while (!line.StartsWith(Listening, StringComparison.Ordinal));

        // A pipe that nobody reads would stop the browser when it is full.
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await _socket.ConnectAsync(new Uri(line[Listening.Length..]), limit.Token);
        var target = await CallAsync("Target.createTarget", new() { ["url"] = "about:blank" });
        var session = await CallAsync("Target.attachToTarget", new() { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true });
        _session = (string)session["sessionId"]!;
        await CallAsync("Page.enable", new JsonObject());
        await CallAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        using var limit = new CancellationTokenSource(Server.Limit);
        var id = ++_lastId;
        JsonObject message = new() { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null)
            message["sessionId"] = _session;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        // What lies between is events.
        while (true)
        {
            var answer = await ReceiveAsync(limit.Token);
            if ((int?)answer["id"] != id)
                continue;
            Assert.IsNull(answer["error"], $"{method}: {answer}");
            return answer["result"]!;
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);

        return JsonNode.Parse(message.ToArray())!;
    }
}
