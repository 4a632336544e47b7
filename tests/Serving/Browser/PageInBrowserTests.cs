using System.Globalization;

namespace MlNetNtd.Serving.Tests;

/// <summary>The page as its user meets it: in Chromium.</summary>
[TestClass]
[NeedsChromium]
public sealed class PageInBrowserTests
{
    // The ratio that WCAG asks of text (level AA).
    private const double MinContrast = 4.5;

    private const string Words = "[...document.querySelectorAll('.word')]";
    private const string Focused = "document.activeElement";

    // Red, green, blue and opacity of any color of CSS, 0 to 255.
    private const string ToPixel =
        """
        color => {
          const canvas = document.createElement('canvas').getContext('2d');
          canvas.fillStyle = color;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data];
        }
        """;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Typed_words_are_colored_and_numbered_and_unknown_words_are_marked()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        await using var browser = await OpenAsync(server);

        const string text = "One two zebra, \"three\" two";
        await TypeTextAsync(browser, text);

        await browser.WaitForAsync($"{Words}.length === 6");
        var expected = ModelFolder.Score(seed: 1, "one", "two", Vocabulary.UnknownWord, ",", "three", "two").Select(value => $"{MathF.Round(value * 100)}").ToArray();
        expected[2] = "unknown";
        CollectionAssert.AreEqual(
            new[] { "One", "two", "zebra", ",", "three", "two" }.Zip(expected, (word, number) => $"{word} {number}").ToArray(),
            await browser.EvaluateAsync<string[]>($"{Words}.map(word => word.textContent)"));
        CollectionAssert.AreEqual(
            (bool[])[false, false, true, false, false, false], await browser.EvaluateAsync<bool[]>($"{Words}.map(word => word.classList.contains('unknown'))"));
        // Orange below 50, blue above; around 50 neither.
        var colors = await browser.EvaluateAsync<int[][]>($"{Words}.map(word => ({ToPixel})(getComputedStyle(word).backgroundColor))");
        foreach (var (color, probability) in colors.Zip((await server.ScoreAsync(text)).Words, (color, word) => (color, word.Probability)))
        {
            if (probability is null)
                CollectionAssert.AreEqual((int[])[0, 0, 0, 0], color);
            else if (probability is < 0.4f or > 0.6f)
                Assert.AreEqual(probability < 0.5f, color[0] > color[2], $"{probability}: {string.Join(' ', color)}");
        }

        Assert.StartsWith("6 words and marks, 1 unknown, least likely: ", await browser.EvaluateAsync<string>("document.getElementById('summary').textContent"));
        Assert.Contains("\"", await browser.EvaluateAsync<string>("document.getElementById('words').textContent"));
        await KeepScreenshotAsync(browser, "typed.png");
    }

    [TestMethod]
    public async Task Text_that_is_refused_shows_the_sentence()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder, "--Serving:MaxWords=40");
        await using var browser = await OpenAsync(server);

        await TypeTextAsync(browser, string.Concat(Enumerable.Repeat("one ", 41)));

        await browser.WaitForAsync("!document.getElementById('error').hidden");
        Assert.AreEqual("Expected a text of at most 40 words and punctuation marks, found 41.", await browser.EvaluateAsync<string>("document.getElementById('error').textContent"));
        Assert.AreEqual(0, await browser.EvaluateAsync<int>($"{Words}.length"));
    }

    [TestMethod]
    public async Task Text_with_markup_is_shown_as_it_is()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        await using var browser = await OpenAsync(server);

        await TypeTextAsync(browser, "one <img src=x onerror=alert(1)> two");

        await browser.WaitForAsync("document.getElementById('words').textContent.startsWith('one')");
        Assert.AreEqual(0, await browser.EvaluateAsync<int>("document.querySelectorAll('img').length"));
        Assert.Contains("<", await browser.EvaluateAsync<string>("document.getElementById('words').textContent"));
    }

    [TestMethod]
    public async Task Keyboard_reaches_the_text_then_the_examples_which_Enter_takes()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        await using var browser = await OpenAsync(server);
        Assert.AreEqual("TEXTAREA", await browser.EvaluateAsync<string>($"{Focused}.tagName"));

        await browser.PressAsync("Tab", 9);
        Assert.AreEqual("BUTTON", await browser.EvaluateAsync<string>($"{Focused}.tagName"));
        Assert.AreNotEqual("none", await browser.EvaluateAsync<string>($"getComputedStyle({Focused}).outlineStyle"));
        await browser.PressAsync("Enter", 13, "\r");

        await browser.WaitForAsync("document.getElementById('text').value.startsWith('Alice was beginning')");
        await browser.WaitForAsync($"{Words}.length > 0 && {Words}[0].textContent.startsWith('Alice')");
    }

    [TestMethod]
    [DataRow("light")]
    [DataRow("dark")]
    public async Task Words_are_readable_in_light_and_dark_mode(string scheme)
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        await using var browser = await OpenAsync(server);
        await browser.SetColorSchemeAsync(scheme);
        await TypeTextAsync(browser, "one two three, six one zebra");
        await browser.WaitForAsync($"{Words}.length === 7");

        // The ends of the scale, whatever the words' scores are.
        var contrasts = await browser.EvaluateAsync<double[]>(
            $$"""
            (() => {
              const toPixel = {{ToPixel}};
              const luminance = color => {
                const [r, g, b] = toPixel(color).map(value => value / 255).map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4);
                return .2126 * r + .7152 * g + .0722 * b;
              };
              const contrast = element => {
                let ground = element;
                while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
                const [one, other] = [luminance(getComputedStyle(element).color), luminance(getComputedStyle(ground).backgroundColor)];
                return (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
              };
              const word = document.querySelector('.word:not(.unknown)');
              word.style.setProperty('--weight', '1');
              const ends = ['var(--low)', 'var(--high)'].map(end => { word.style.setProperty('--end', end); return contrast(word); });
              return [...ends, ...[...document.querySelectorAll('.word, .word small, p, summary, button, textarea, label')].map(contrast)];
            })()
            """);

        await KeepScreenshotAsync(browser, $"{scheme}.png");
        foreach (var contrast in contrasts)
            Assert.IsGreaterThanOrEqualTo(MinContrast, contrast, string.Join(' ', contrasts.Select(value => value.ToString("F1", CultureInfo.InvariantCulture))));
    }

    [TestMethod]
    public async Task Replaced_model_scores_the_text_that_is_shown_anew_with_the_next_look_at_the_health()
    {
        using var folder = new ModelFolder(seed: 1);
        await using var server = await Server.StartAsync(folder);
        await using var browser = await OpenAsync(server);
        await browser.WaitForAsync("document.getElementById('model').textContent.includes('seed 1.')");
        await TypeTextAsync(browser, "two one");
        await browser.WaitForAsync($"{Words}.length === 2");

        folder.Install(seed: 2);

        await browser.WaitForAsync("document.getElementById('model').textContent.includes('seed 2.')");
        var expected = ModelFolder.Score(seed: 2, "two", "one").Select(value => $"{MathF.Round(value * 100)}").ToArray();
        await browser.WaitForAsync($"{Words}.map(word => word.textContent).join(' ') === 'two {expected[0]} one {expected[1]}'");
    }

    private static async Task<Browser> OpenAsync(Server server)
    {
        var browser = await Browser.StartAsync(width: 880, height: 760);
        await browser.OpenAsync(server.Address);
        await browser.WaitForAsync($"{Words}.length > 0");
        return browser;
    }

    private static async Task TypeTextAsync(Browser browser, string text)
    {
        await browser.EvaluateAsync<bool>("document.getElementById('text').focus(), document.getElementById('text').select(), true");
        await browser.TypeAsync(text);
    }

    private async Task KeepScreenshotAsync(Browser browser, string name)
    {
        var path = Path.Combine(TestContext.TestRunResultsDirectory!, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, await browser.TakeScreenshotAsync());
        TestContext.AddResultFile(path);
    }
}
