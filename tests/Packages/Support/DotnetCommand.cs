using System.Collections;
using System.Diagnostics;
using System.Text;

namespace MlNetNtd.Packages.Tests;

/// <summary>Starts the .NET SDK's commands.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // What says to a build how to go about it: the command that runs the tests was told, ours are not.
    private static readonly string[] Told =
        ["MSBuild", "VSTest", "TorchSharpVersion", "LibtorchVersion", "TorchNativePackage"];

    // What says where packages come from and go to.
    private static readonly string[] Sources = ["NuGet", "Restore"];

    /// <summary>The environment of this process without what was told to it alone, as a user's shell would have it.</summary>
    /// <param name="withSources">Whether to take packages from where this build took them, and keep them where it did.</param>
    public static IEnumerable<KeyValuePair<string, string>> Environment(bool withSources) => System.Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(variable => new KeyValuePair<string, string>((string)variable.Key, (string?)variable.Value ?? ""))
        .Where(variable => !StartsWithOneOf(variable.Key, Told))
        .Where(variable => withSources || !StartsWithOneOf(variable.Key, Sources))
        .Append(new("DOTNET_CLI_UI_LANGUAGE", "en"))
        .Append(new("DOTNET_NOLOGO", "1"))
        // Nothing may live on in a folder that is deleted after the test.
        .Append(new("DOTNET_CLI_USE_MSBUILD_SERVER", "0"))
        .Append(new("MSBUILDDISABLENODEREUSE", "1"));

    /// <summary>Runs one to its end.</summary>
    public static CommandResult Run(string folder, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var command = "dotnet " + string.Join(' ', arguments);
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{command} did not end within {Patience}.");
        }

        return new CommandResult(command, process.ExitCode, output.Result + errors.Result);
    }

    private static bool StartsWithOneOf(string name, string[] starts) =>
        starts.Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase));
}
