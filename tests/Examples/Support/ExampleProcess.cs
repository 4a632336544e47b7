using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Examples.Tests;

/// <summary>A running example program; killed if it has not ended by itself.</summary>
internal sealed class ExampleProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly CancellationTokenSource _limit = new(Limit);
    private readonly List<string> _output = [];

    private ExampleProcess(Process process) => _process = process;

    /// <summary>Starts a program that lies beside the tests.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ExampleProcess Start(string program, params string[] arguments) => StartIn("", program, arguments);

    /// <summary>Starts a program that lies beside the tests in a folder, where it leaves its files.</summary>
    /// <param name="folder">The folder; empty: where the tests are.</param>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ExampleProcess StartIn(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{program}.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Threads that wait for each other in a loop take what other tests need.
        start.Environment["OMP_NUM_THREADS"] = "1";
        return new ExampleProcess(Process.Start(start)!);
    }

    /// <summary>Reads lines until one begins so.</summary>
    public async Task WaitForLine(string beginning)
    {
        while (await _process.StandardOutput.ReadLineAsync(_limit.Token) is { } line)
        {
            _output.Add(line);
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return;
        }

        Assert.Fail($"It ended before it said '{beginning}': {await _process.StandardError.ReadToEndAsync(_limit.Token)}");
    }

    /// <summary>Skips the test where programs started from here never hear of Ctrl+C.</summary>
    public static void NeedsInterrupts()
    {
        if (InterruptsAreIgnored)
            Assert.Inconclusive("The tests were started with SIGINT ignored, as in the background of a shell, and so is the program.");
    }

    // What a process ignores, its children ignore.
    private static bool InterruptsAreIgnored
    {
        get
        {
            const string status = "/proc/self/status";
            const string ignored = "SigIgn:";
            const ulong interrupt = 1 << 1;
            return File.Exists(status)
                && File.ReadLines(status).FirstOrDefault(line => line.StartsWith(ignored, StringComparison.Ordinal)) is { } line
                && (ulong.Parse(line[ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & interrupt) != 0;
        }
    }

    /// <summary>Presses Ctrl+C, as far as the program can tell.</summary>
    public Task Interrupt() => Signal("INT");

    /// <summary>Sends a signal.</summary>
    /// <param name="name">INT, TERM or another.</param>
    public async Task Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(_limit.Token);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<ProgramEnd> End()
    {
        var error = _process.StandardError.ReadToEndAsync(_limit.Token);
        while (await _process.StandardOutput.ReadLineAsync(_limit.Token) is { } line)
            _output.Add(line);
        await _process.WaitForExitAsync(_limit.Token);
        return new ProgramEnd(_process.ExitCode, [.. _output], (await error).ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _limit.Dispose();
    }

    // The one that runs the tests, if it does not hide behind a host of its own.
    private static string Dotnet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? path
        : "dotnet";
}

/// <summary>How a program ended and what it printed.</summary>
internal sealed record ProgramEnd(int ExitCode, string[] Output, string[] Error);
