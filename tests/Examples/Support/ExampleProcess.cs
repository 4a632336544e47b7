using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Examples.Tests;

/// <summary>A running example program, killed when disposed before its end.</summary>
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
    public static ExampleProcess Start(string program, params string[] arguments) => StartProcess("", Dotnet, [PathOf(program), .. arguments]);

    /// <summary>Starts a sample that was compiled with the tests. It finds what it needs where they find it.</summary>
    /// <param name="folder">Where it leaves its files.</param>
    /// <param name="name">Its file's name, without the extension.</param>
    public static ExampleProcess StartSample(string folder, string name) => StartProcess(folder, Dotnet, SampleCommand(name));

    /// <summary>Starts a sample as two processes; skips the test where there is no mpirun.</summary>
    /// <param name="folder">Where it leaves its files.</param>
    /// <param name="name">Its file's name, without the extension.</param>
    public static ExampleProcess StartSampleUnderMpi(string folder, string name)
    {
        try
        {
            // Open MPI gives its processes a terminal, and .NET would begin its output with that terminal's control characters.
            return StartProcess(folder, "mpirun", ["-n", "2", "env", "TERM=dumb", Dotnet, .. SampleCommand(name)]);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Inconclusive($"{name} needs mpirun, which is not installed (Debian: openmpi-bin or mpich).");
            throw;
        }
    }

    /// <summary>Starts a command of the .NET SDK.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">What follows <c>dotnet</c>.</param>
    public static ExampleProcess StartDotnet(string folder, params string[] arguments) => StartProcess(folder, Dotnet, arguments);

    /// <summary>Starts a native program.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="arguments">The arguments.</param>
    public static ExampleProcess StartNative(string path, params string[] arguments) => StartProcess("", path, arguments);

    /// <summary>Starts a sample as its user does.</summary>
    /// <param name="folder">Where it leaves its files.</param>
    /// <param name="file">The sample.</param>
    public static ExampleProcess StartDotnetRun(string folder, string file) => StartDotnet(folder, "run", file);

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

    private static ExampleProcess StartProcess(string folder, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        // Threads that wait for each other in a loop take what other tests need.
        start.Environment["OMP_NUM_THREADS"] = "1";
        // Open MPI starts nothing as root, as in a container, and no more processes than there are cores, unless it is told to.
        foreach (var variable in (string[])["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"])
            start.Environment[variable] = "1";
        return new ExampleProcess(Process.Start(start)!);
    }

    private static string[] SampleCommand(string name)
    {
        var tests = typeof(ExampleProcess).Assembly.GetName().Name;
        return ["exec", "--depsfile", PathOf(tests!, ".deps.json"), "--runtimeconfig", PathOf(tests!, ".runtimeconfig.json"), PathOf(name)];
    }

    private static string PathOf(string program, string extension = ".dll") => Path.Combine(AppContext.BaseDirectory, program + extension);

    // The one that runs the tests, if it does not hide behind a host of its own.
    private static string Dotnet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? path
        : "dotnet";
}

/// <summary>How a program ended and what it printed.</summary>
internal sealed record ProgramEnd(int ExitCode, string[] Output, string[] Error);
