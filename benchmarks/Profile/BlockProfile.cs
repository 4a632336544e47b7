using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>profile</c>: where the time of a block of the Torch engine on the CPU goes, step by step, by rows a
/// block. The least of many blocks is what a step costs; whatever more it takes is other work on the machine.
/// </summary>
internal static class BlockProfile
{
    private static readonly Shape Typical = new(128, 64);
    private static readonly int[] BlockRows = [1, 4, 8, 16, 32, 64, 128, 256];
    private const int Rows = 8192;
    private const int LeastBlocks = 100;

    /// <summary>Measures and prints.</summary>
    /// <returns>What was printed, as Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line($"{Typical}, microseconds a row:");
        report.Line();
        report.Line("| rows a block | read | pack | forward | copy out | mask | all |");
        report.Line("|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var rows in BlockRows)
        {
            var steps = Measure(rows);
            var cells = steps.Append(steps.Sum()).Select(time => (time / rows / 1000).ToString("0.00", CultureInfo.InvariantCulture));
            report.Line($"| {rows} | {string.Join(" | ", cells)} |");
        }

        return report.ToString();
    }

    // Nanoseconds a block: reading the input, packing, the forward, copying out, copying the mask.
    private static double[] Measure(int rows)
    {
        var input = new SequenceView(Typical);
        using var cursor = input.GetRowCursor(input.Schema);
        var previousGetter = cursor.GetGetter<VBuffer<float>>(input.Schema[0]);
        var currentGetter = cursor.GetGetter<VBuffer<float>>(input.Schema[1]);
        var (previous, current) = (default(VBuffer<float>), default(VBuffer<float>));
        var combined = new float[2 * Typical.HalfValues];
        var (mask, values) = (new bool[NextTokenMask.Count(Typical.Tokens)], new bool[NextTokenMask.Count(Typical.Tokens)]);

        using var stage = Stages.Fit(input, Typical);
        using var engine = (IBlockEngine)stage.CreateEngine(new EngineChoice(EngineKind.Torch, null), rows, known: null);
        double[] least = [.. Enumerable.Repeat(double.MaxValue, 5)];
        var steps = new double[least.Length];
        for (var block = 0; block < Math.Max(LeastBlocks, Rows / rows); block++)
        {
            Array.Clear(steps);
            engine.Clear();
            for (var row = 0; row < rows; row++)
            {
                var start = Stopwatch.GetTimestamp();
                cursor.MoveNext();
                previousGetter(ref previous);
                currentGetter(ref current);
                start = Add(ref steps[0], start);
                engine.Add(previous, current, Typical.Tokens);
                Add(ref steps[1], start);
            }

            var forward = Stopwatch.GetTimestamp();
            engine.Run();
            Add(ref steps[2], forward);
            for (var row = 0; row < rows; row++)
            {
                var start = Stopwatch.GetTimestamp();
                engine.CopyTo(row, combined.AsSpan(0, Typical.HalfValues), combined.AsSpan(Typical.HalfValues));
                start = Add(ref steps[3], start);
                values.CopyTo(mask, 0);
                Add(ref steps[4], start);
            }

            for (var step = 0; step < least.Length; step++)
                least[step] = Math.Min(least[step], steps[step]);
        }

        return least;
    }

    private static long Add(ref double step, long start)
    {
        var now = Stopwatch.GetTimestamp();
        step += Stopwatch.GetElapsedTime(start, now).TotalNanoseconds;
        return now;
    }
}
