using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>scale</c>: measures time and memory from a thousand to a million rows. The input repeats a fixed pool of rows, so any
/// growth is the transform's.
/// </summary>
internal static class ScaleTable
{
    private static readonly int[] Rows = [1_000, 10_000, 100_000, 1_000_000];
    private static readonly Shape Typical = new(128, 64);

    /// <summary>Measures and prints.</summary>
    /// <returns>The printed text, in Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        EngineKind[] engines = [EngineKind.Managed, EngineKind.Torch];

        report.Line($"By rows, {Typical}, both columns read. The peak is the process's, so it can only grow.");
        report.Line();
        report.Line("| rows | engine | seconds | µs a row | allocated, MB | collections | peak memory, MB |");
        report.Line("|---:|---|---:|---:|---:|---:|---:|");
        foreach (var engine in engines)
            Measure(Typical, engine, Rows[0]);
        foreach (var rows in Rows)
        {
            foreach (var engine in engines)
            {
                var found = Measure(Typical, engine, rows);
                report.Line(Text(
                    $"| {rows:N0} | {engine} | {found.Seconds:0.000} | {found.Seconds * 1e6 / rows:0.00} | {found.Allocated / 1e6:0.0} | {found.Collections} | {found.Peak / 1e6:0} |"));
            }
        }

        return report.ToString();
    }

    private static Measurement Measure(Shape shape, EngineKind engine, int rows)
    {
        var input = new SequenceView(shape, rows);
        var transformer = Transforms.Fit(input, shape, options => options.Engine = engine);
        GC.Collect();
        var (allocated, collections) = (GC.GetTotalAllocatedBytes(precise: true), Collections());
        var watch = Stopwatch.StartNew();
        using (var drain = new CursorDrain("scale", transformer.Transform(input), new Outputs()))
            drain.Run(rows);
        var seconds = watch.Elapsed.TotalSeconds;
        transformer.Dispose();

        using var process = Process.GetCurrentProcess();
        return new Measurement(
            seconds, GC.GetTotalAllocatedBytes(precise: true) - allocated, Collections() - collections, process.PeakWorkingSet64);
    }

    private static int Collections() => GC.CollectionCount(0);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Measurement(double Seconds, long Allocated, int Collections, long Peak);
}
