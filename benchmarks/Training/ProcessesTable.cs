using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>processes</c>: compares <c>Fit</c> by one process with one libtorch thread and by two such processes, under each
/// installed MPI, with the same total number of rows per step. Two independent trainings show how much the machine can gain.
/// </summary>
internal static class ProcessesTable
{
    /// <summary>The command with which this program starts itself.</summary>
    public const string Command = "processes-fit";

    private const int Rounds = 5;
    private const int Epochs = 3;

    private static readonly TrainingCase One = new(128, 32, 64);

    // Open MPI does not run as root, as in a container, without this option. MPICH does not bind processes to cores by default.
    private static readonly (string Name, string Program, string[] Arguments)[] Launchers =
    [
        ("Open MPI", "mpirun.openmpi", ["--allow-run-as-root", "-n", "2"]),
        ("MPICH", "mpirun.mpich", ["-bind-to", "core", "-n", "2"]),
        ("mpirun", "mpirun", ["-n", "2"]),
    ];

    /// <summary>Measures and prints.</summary>
    /// <returns>The printed text, in Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line(Text(
            $"Fit, T = {One.Tokens}, C = D = {One.Dimension}, {One.Rows} rows a step in all processes together, each of one libtorch thread; rows a second of the fastest epoch but the first, medians of {Rounds} rounds, everybody once a round; \"times one\" is the median of the ratios within a round."));
        report.Line();
        report.Line("| processes | over | rows a second | times one |");
        report.Line("|---:|---|---:|---:|");
        (string Name, string Program, string[] Arguments)[] here = [.. Launchers.Where(one => IsHere(one.Program))];
        // If the MPIs have names of their own, the common name is one of them.
        here = here is [_, _, ..] or [{ Program: not "mpirun" }, _] ? [.. here.Where(one => one.Program != "mpirun")] : here;
        if (here.Length == 0)
            throw new InvalidOperationException("No mpirun was found: install Open MPI or MPICH (Debian: openmpi-bin, mpich).");

        var (alone, apart) = (new double[Rounds], new double[Rounds]);
        var together = here.Select(_ => new double[Rounds]).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            alone[round] = Measure(Host[0], Host[1..], "alone");
            apart[round] = Enumerable.Range(0, 2).Select(_ => Task.Run(() => Measure(Host[0], Host[1..], "alone"))).ToArray().Sum(task => task.Result);
            for (var i = 0; i < here.Length; i++)
                together[i][round] = Measure(here[i].Program, [.. here[i].Arguments, .. Host], "together");
        }

        report.Line(Text($"| 1 | | {Median(alone):0} | 1 |"));
        report.Line(Text($"| 2 trainings | | {Median(apart):0} | {Ratio(apart):0.00} |"));
        var ratios = new double[here.Length];
        for (var i = 0; i < here.Length; i++)
        {
            ratios[i] = Ratio(together[i]);
            report.Line(Text($"| 2 | {here[i].Name} | {Median(together[i]):0} | {ratios[i]:0.00} |"));
        }

        report.Line();
        report.Line(Text($"2 processes {ratios.Min():0.00}"));
        return report.ToString();

        double Ratio(double[] two) => Median(two.Zip(alone, (some, one) => some / one));
    }

    /// <summary>Runs in each process. The main process prints the rows per second.</summary>
    /// <param name="arguments"><c>alone</c> or <c>together</c>.</param>
    public static void Fit(string[] arguments)
    {
        using var processes = arguments is ["together"] ? MpiProcessGroup.Initialize() : null;
        var context = new MLContext(seed: 1);
        using var scorer = WholeEpoch.Trainer(context, One, Epochs, processes).Fit(WholeEpoch.View(context, One));
        if (processes is not { Rank: > 0 })
            Console.WriteLine(scorer.History.Skip(1).Max(epoch => epoch.RowsPerSecond).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Gets the command line that starts this program. Under the dotnet host, the program is the host's first argument.</summary>
    public static string[] Host => Environment.GetCommandLineArgs()[0] is var program && Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, program]
        : [Environment.ProcessPath!];

    private static bool IsHere(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static double Measure(string program, IEnumerable<string> arguments, string how)
    {
        var start = new ProcessStartInfo(program, [.. arguments, Command, how]) { RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        // Open MPI's mpirun looks like a terminal to its processes, and .NET would write escape sequences to it.
        start.Environment["TERM"] = "dumb";
        using var process = Process.Start(start)!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(answer.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)}: exit code {process.ExitCode}.");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
