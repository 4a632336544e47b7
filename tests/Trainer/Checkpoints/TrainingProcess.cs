using System.Diagnostics;
using System.Reflection;

namespace MlNetNtd.Tests;

/// <summary>Starts the programs of tests/ProcessHosts that train.</summary>
internal static class TrainingProcess
{
    /// <summary>Starts a training by an engine. The managed one has no native libtorch.</summary>
    public static Process Start(EngineKind engine, string checkpoint, string weights) =>
        Start(engine == EngineKind.Torch ? "TorchTrainingHost" : "TrainingHost", checkpoint, weights, $"Engine={engine}");

    /// <summary>Trains without native libtorch, to the end.</summary>
    /// <param name="settings">Settings of the program, Name=Value.</param>
    /// <returns>The lines that it prints.</returns>
    public static string[] RunWithoutLibtorch(params string[] settings)
    {
        string[] lines = [];
        TemporaryFolder.Use(folder =>
        {
            using var process = Start("TrainingHost", [Path.Combine(folder, "checkpoint"), Path.Combine(folder, "weights"), .. settings]);
            lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            Assert.AreEqual(0, process.ExitCode, string.Join('\n', lines));
        });
        return lines;
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Find(program), .. arguments]) { RedirectStandardOutput = true })!;

    private static string Find(string program) => typeof(TrainingProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == program).Value!;
}
