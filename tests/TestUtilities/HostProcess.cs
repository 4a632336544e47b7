using System.Diagnostics;

namespace MlNetNtd.ProcessHosts;

/// <summary>Starts a host program in a new process and reads its output.</summary>
internal static class HostProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Has a model loaded and run.</summary>
    /// <param name="program">The program's assembly.</param>
    /// <param name="model">The model zip.</param>
    /// <returns>The exit code, what it said of what it found, and everything that was written to its error stream.</returns>
    /// <exception cref="TimeoutException">The program did not end.</exception>
    public static (int ExitCode, Dictionary<string, string> Said, string Errors) Run(string program, string model)
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, model])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {Patience}.");
        }

        var said = output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => line.StartsWith(HostRows.Mark, StringComparison.Ordinal))
            .Select(line => line[HostRows.Mark.Length..].Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
        return (process.ExitCode, said, errors.Result);
    }
}
