using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>beside</c>: measures the score of one row, as in a prediction engine, first alone and then beside a process
/// that keeps every core busy. "Spread" is the same forward pass with libtorch's threads, which wait for each other at each operation.
/// </summary>
internal static class BusyMachineTable
{
    /// <summary>The command with which this program starts itself to keep every core busy until it is killed.</summary>
    public const string Command = "beside-busy";

    private const int Dimension = 64;
    private const int WarmUps = 20;
    private const int Forwards = 300;

    // Beside a busy process, one forward pass of many threads may take a second.
    private static readonly TimeSpan WarmUpBudget = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(15);

    private static readonly int[] Tokens = [16, 64, 128, 256];

    /// <summary>Measures and prints.</summary>
    /// <returns>The printed text, in Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line(Text(
            $"The forward of one row, C = D = {Dimension}, 2 layers, {get_num_threads()} libtorch threads, ms: median (90% take at most); {Forwards} forwards each, in turns, or as many as {Budget.TotalSeconds} s allow (of n). Beside: another process runs a busy thread on each of {Environment.ProcessorCount} cores; before: it does not run."));
        report.Line();
        report.Line("| T | before: spread | before: as scored | beside: spread | beside: as scored |");
        report.Line("|---:|---:|---:|---:|---:|");
        foreach (var tokens in Tokens)
        {
            var (spread, scored) = Measure(tokens);
            using var busy = Process.Start(new ProcessStartInfo(ProcessesTable.Host[0], [.. ProcessesTable.Host[1..], Command]))!;
            try
            {
                // Waits until the process runs.
                Thread.Sleep(1_000);
                var (spreadBeside, scoredBeside) = Measure(tokens);
                report.Line($"| {tokens} | {spread} | {scored} | {spreadBeside} | {scoredBeside} |");
            }
            finally
            {
                busy.Kill();
                busy.WaitForExit();
            }
        }

        return report.ToString();
    }

    /// <summary>Runs in the other process.</summary>
    public static void KeepBusy()
    {
        for (var i = 1; i < Environment.ProcessorCount; i++)
            new Thread(Spin) { IsBackground = true }.Start();
        Spin();

        static void Spin()
        {
            for (var x = 1.0; ; x = Math.Sqrt(x + 1))
            {
            }
        }
    }

    private static (string Spread, string Scored) Measure(int tokens)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(
            new DiscriminatorConfig { EmbeddingDimension = Dimension, ModelDimension = Dimension, MaxTokens = tokens, Layers = 2, Dropout = 0 }, seed: 1);
        network.eval();
        foreach (var parameter in network.parameters())
            parameter.requires_grad = false;
        var sequences = new TrainingCase(tokens, 1, Dimension).Draw().Sequences;
        var (spread, scored) = (new List<double>(), new List<double>());
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < WarmUps && watch.Elapsed < WarmUpBudget; i++)
            (_, _) = (Time(gradients: true), Time(gradients: false));
        watch.Restart();
        for (var i = 0; i < Forwards && watch.Elapsed < Budget; i++)
        {
            // With gradients enabled, the network does not use its path for scoring.
            spread.Add(Time(gradients: true));
            scored.Add(Time(gradients: false));
        }

        return (Format(spread), Format(scored));

        double Time(bool gradients)
        {
            using var inner = NewDisposeScope();
            using var mode = set_grad_enabled(gradients);
            var start = Stopwatch.GetTimestamp();
            network.forward(sequences, null);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static string Format(List<double> times)
    {
        times.Sort();
        var fewer = times.Count < Forwards ? Text($", of {times.Count}") : "";
        return Text($"{times[times.Count / 2]:0.00} ({times[times.Count * 9 / 10]:0.00}){fewer}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
