using System.Diagnostics;

namespace MlNetNtd.Benchmarks;

/// <summary>Publishes examples/AotScorer and measures a fresh process of it.</summary>
/// <param name="Milliseconds">The median time from the start of the process to its first score, in milliseconds.</param>
/// <param name="Megabytes">What the published folder takes, without symbols and documentation, in MB (10^6 bytes).</param>
internal sealed record FirstScore(double Milliseconds, double Megabytes)
{
    public const int Runs = 15;

    private static readonly string[] NotDeployed = [".pdb", ".dbg", ".xml"];

    /// <summary>Publishes and measures.</summary>
    /// <param name="native">Whether the program is compiled as NativeAOT; otherwise it runs on the installed .NET.</param>
    /// <param name="save">Saves the model that the program scores with to a path.</param>
    public static FirstScore Measure(bool native, Action<string> save)
    {
        var folder = Directory.CreateTempSubdirectory("scorer").FullName;
        try
        {
            Publish(folder, native);
            var model = Path.Combine(folder, "model.zip");
            save(model);
            var bytes = Directory.EnumerateFiles(folder).Where(path => !NotDeployed.Contains(Path.GetExtension(path))).Sum(path => new FileInfo(path).Length);
            string[] command = native ? [Path.Combine(folder, "AotScorer"), model] : ["dotnet", Path.Combine(folder, "AotScorer.dll"), model];
            double[] times = [.. Enumerable.Range(0, Runs).Select(_ => Start(command)).Order()];
            return new FirstScore(times[Runs / 2], bytes / 1e6);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Publish(string folder, bool native)
    {
        string[] arguments = ["publish", FindProject(), "-c", "Release", "-o", folder, "-v", "q", .. native ? [] : new[] { "-p:PublishAot=false" }];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)}: exit code {process.ExitCode}.\n{output}");
    }

    // The program's second line is its first score.
    private static double Start(string[] command)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardOutput.ReadLine();
        process.StandardOutput.ReadLine();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return elapsed;
    }

    private static string FindProject()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var project = Path.Combine(folder.FullName, "examples", "AotScorer", "AotScorer.csproj");
            if (File.Exists(project))
                return project;
        }

        throw new FileNotFoundException("Expected examples/AotScorer above the folder of this program, found none.");
    }
}
