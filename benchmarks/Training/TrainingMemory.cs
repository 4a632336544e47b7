using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Benchmarks;

/// <summary>Measures the peak resident memory of a process that only runs a few training steps.</summary>
internal static class TrainingMemory
{
    /// <summary>The command with which this program starts itself.</summary>
    public const string Command = "training-memory";

    private const int Steps = 3;

    /// <summary>Starts a process and waits for its result.</summary>
    /// <returns>Megabytes. TorchSharp and the runtime alone take about 200.</returns>
    public static double Measure(string implementation, TrainingCase one)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Under the dotnet host the program is the host's first argument.
        if (Environment.GetCommandLineArgs()[0] is var program && Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(program);
        foreach (var argument in new[] { Command, implementation, $"{one.Tokens}", $"{one.Rows}", $"{one.Dimension}" })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(answer, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{Command} {implementation}, T={one.Tokens}: exit code {process.ExitCode}.");
    }

    /// <summary>Runs in the process.</summary>
    /// <param name="arguments">The implementation, T, B and C.</param>
    public static void Run(string[] arguments)
    {
        var sizes = arguments[1..].Select(argument => int.Parse(argument, CultureInfo.InvariantCulture)).ToArray();
        var one = new TrainingCase(sizes[0], sizes[1], sizes[2]);
        using (var implementation = TrainingImplementation.Of(arguments[0], one, scores: false))
            implementation.Run(Steps * one.Rows);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine((process.PeakWorkingSet64 / 1e6).ToString("0.0", CultureInfo.InvariantCulture));
    }
}
