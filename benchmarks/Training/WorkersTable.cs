using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>workers</c>: <c>Fit</c> by one process of one libtorch thread, and by two of one each, under each MPI that is
/// installed; the rows of a step are the same number together. Two that have nothing to do with each other say what the machine
/// has to give.
/// </summary>
internal static class WorkersTable
{
    /// <summary>The command that this program starts itself with.</summary>
    public const string Command = "workers-fit";

    private const int Rounds = 5;
    private const int Epochs = 3;

    private static readonly TrainingCase One = new(128, 32, 64);

    // By itself Open MPI starts nothing as root, as in a container, and MPICH gives nobody a core of his own.
    private static readonly (string Name, string Program, string[] Arguments)[] Launchers =
    [
        ("Open MPI", "mpirun.openmpi", ["--allow-run-as-root", "-n", "2"]),
        ("MPICH", "mpirun.mpich", ["-bind-to", "core", "-n", "2"]),
        ("mpirun", "mpirun", ["-n", "2"]),
    ];

    /// <summary>Measures and prints.</summary>
    /// <returns>What was printed, as Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line(Text(
            $"Fit, T = {One.Tokens}, C = D = {One.Dimension}, {One.Rows} rows a step in all processes together, each of one libtorch thread; rows a second of the fastest epoch but the first, medians of {Rounds} rounds, everybody once a round; \"times one\" is the median of the ratios within a round."));
        report.Line();
        report.Line("| processes | over | rows a second | times one |");
        report.Line("|---:|---|---:|---:|");
        (string Name, string Program, string[] Arguments)[] here = [.. Launchers.Where(one => IsHere(one.Program))];
        // Where each has a name of its own, the common one is one of them.
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
        report.Line(Text($"2 workers {ratios.Min():0.00}"));
        return report.ToString();

        double Ratio(double[] two) => Median(two.Zip(alone, (some, one) => some / one));
    }

    /// <summary>What each process does: <c>alone</c> or <c>together</c>. The first one says how many rows a second there were.</summary>
    public static void Fit(string[] arguments)
    {
        using var processes = arguments is ["together"] ? MpiProcessGroup.Initialize() : null;
        var context = new MLContext(seed: 1);
        using var scorer = WholeEpoch.Trainer(context, One, Epochs, processes).Fit(WholeEpoch.View(context, One));
        if (processes is not { Rank: > 0 })
            Console.WriteLine(scorer.History.Skip(1).Max(epoch => epoch.RowsPerSecond).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What starts this program: under the dotnet host the program is the host's first argument.</summary>
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
        // Open MPI's mpirun is a terminal to its processes, and .NET greets terminals.
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
