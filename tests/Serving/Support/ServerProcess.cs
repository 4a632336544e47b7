using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Serving.Tests;

/// <summary>The program in a process of its own, killed when disposed before its end.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(5));
    private readonly List<string> _log = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Add(e.Data);
        _process.ErrorDataReceived += (_, e) => Add(e.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("It ended before it listened."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it said.</summary>
    public string[] Log
    {
        get
        {
            lock (_log)
                return [.. _log];
        }
    }

    /// <summary>Its resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts the program that lies beside the tests.</summary>
    public static ServerProcess Start(params string[] arguments) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Serving.dll"), .. arguments]);

    /// <summary>Starts a native program.</summary>
    public static ServerProcess StartNative(string program, params string[] arguments) => new(program, arguments);

    /// <summary>Starts a command of the .NET SDK.</summary>
    public static ServerProcess StartDotnet(params string[] arguments) => new("dotnet", arguments);

    /// <summary>The options of a server on a free port.</summary>
    public static string[] OptionsFor(string folder, params string[] options) => ["--urls=http://127.0.0.1:0", $"--Serving:Model={folder}", .. options];

    /// <summary>Waits until it listens.</summary>
    public Task<Uri> WaitForAddressAsync() => _address.Task.WaitAsync(_limit.Token);

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(_limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _limit.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.Add(line);
        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var index)
            _address.TrySetResult(new Uri(line[(index + Listening.Length)..].Trim()));
    }
}
