using System.Diagnostics;

namespace MlNetNtd.Examples.Tests;

/// <summary>How the programs end where the surroundings give out: a sentence and an exit code, and a terminal as it was.</summary>
[TestClass]
public sealed class EndingTests
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow("Quickstart", "> /dev/full", "No space left on device")]
    [DataRow("Quickstart", ">&-", "denied")]
    [DataRow("TextGan", "> /dev/full", "No space left on device")]
    [DataRow("TextGan", ">&-", "denied")]
    [DataRow("Imitation", "> /dev/full", "No space left on device")]
    [DataRow("Imitation", ">&-", "denied")]
    [DataRow("Sweep", "> /dev/full", "No space left on device")]
    [DataRow("Sweep", ">&-", "denied")]
    public async Task Standard_output_that_is_full_or_closed_ends_it_with_a_sentence_and_exit_code_1(string program, string redirection, string reason)
    {
        using var folder = new TemporaryFolder();
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"dotnet '{PathOf(program)}' {redirection}"])
        {
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        })!;
        var error = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();

        Assert.AreEqual(ExitCodes.UserError, shell.ExitCode, error);
        StringAssert.StartsWith(error, "The output of the program cannot be written: ");
        StringAssert.Contains(error, reason);
        Assert.HasCount(1, error.TrimEnd().Split('\n'));
    }

    // The first Ctrl+C of TextGan asks it to save and end, the second ends it where it stands; Imitation has nothing to save.
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow("Imitation", 1)]
    [DataRow("TextGan", 2)]
    public async Task Whoever_ends_it_behind_a_progress_bar_gets_the_cursor_back(string program, int interrupts)
    {
        const string terminal = "/usr/bin/script";
        if (!File.Exists(terminal))
            Assert.Inconclusive("There is no program here that makes a terminal.");
        ExampleProcess.NeedsInterrupts();
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo(terminal, ["-qefc", $"dotnet '{PathOf(program)}' --out '{folder.Path}'", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        using var process = Process.Start(start)!;
        try
        {
            var shown = await ReadUntil(process, HideCursor);
            for (var i = 0; i < interrupts; i++)
            {
                await process.StandardInput.WriteAsync('\x03');
                await process.StandardInput.FlushAsync();
            }

            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            shown += await process.StandardOutput.ReadToEndAsync(limit.Token);

            Assert.IsGreaterThan(shown.LastIndexOf(HideCursor, StringComparison.Ordinal), shown.LastIndexOf(ShowCursor, StringComparison.Ordinal), shown);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> ReadUntil(Process process, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var (read, buffer) = ("", new char[256]);
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            var count = await process.StandardOutput.ReadAsync(buffer, limit.Token);
            Assert.IsGreaterThan(0, count, $"It ended: {read}");
            read += new string(buffer, 0, count);
        }

        return read;
    }

    private static string PathOf(string program) => Path.Combine(AppContext.BaseDirectory, $"{program}.dll");
}
