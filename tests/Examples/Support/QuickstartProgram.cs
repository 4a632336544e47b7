using System.Diagnostics;

namespace MlNetNtd.Examples.Tests;

/// <summary>One run of the built program: how it ended and what it printed.</summary>
internal sealed record QuickstartProgram(int ExitCode, string[] Output, string[] Error)
{
    private const int LimitInMinutes = 3;

    /// <summary>Runs the program in a process of its own.</summary>
    /// <param name="temporaryFolder">Where it puts temporary files; null: where every program does.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<QuickstartProgram> Run(string? temporaryFolder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Quickstart.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (temporaryFolder is not null)
        {
            foreach (var variable in (string[])["TMPDIR", "TMP", "TEMP"])
                start.Environment[variable] = temporaryFolder;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(LimitInMinutes));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new QuickstartProgram(process.ExitCode, Lines(await output), Lines(await error));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    // The one that runs the tests, if it does not hide behind a host of its own.
    private static string Dotnet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? path
        : "dotnet";

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\r', '\n').Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
}
