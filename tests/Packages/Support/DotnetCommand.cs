using System.Collections;
using System.Diagnostics;
using System.Text;

namespace MlNetNtd.Packages.Tests;

/// <summary>Starts the .NET SDK's commands.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // What says to a build how to go about it: the command that runs the tests was told, ours are not.
    private static readonly string[] Told = ["MSBuild", "VSTest", "TorchSharpVersion", "LibtorchVersion", "TorchNativePackage"];

    /// <summary>Runs one to its end, in a shell's environment as a user would have it.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">Behind <c>dotnet</c>.</param>
    /// <returns>What it printed.</returns>
    public static string Run(string folder, params string[] arguments) =>
        RunProgram(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", folder, arguments);

    /// <summary>Runs a program to its end, in the same environment.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">What it is told.</param>
    /// <returns>What it printed.</returns>
    public static string RunProgram(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (!Told.Any(start => ((string)variable.Key).StartsWith(start, StringComparison.OrdinalIgnoreCase)))
                start.Environment[(string)variable.Key] = (string?)variable.Value;
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // Nothing may live on in a folder that is deleted after the test.
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var command = $"{Path.GetFileName(program)} " + string.Join(' ', arguments);
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{command} did not end within {Patience}.");
        }

        Assert.AreEqual(0, process.ExitCode, $"{command}\n{output.Result}{errors.Result}");
        return output.Result;
    }
}
