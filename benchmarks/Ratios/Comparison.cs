using System.Diagnostics;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// Compares implementations in one process, in many short rounds. Each round runs every implementation once, in random order, because
/// each leaves its caches to the next. Other load on the machine affects a whole round, so ratios are computed within a round, and the
/// result is their median.
/// </summary>
internal sealed class Comparison
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(10);
    private const int MinRounds = 3;

    private readonly List<Dictionary<string, double>> _rounds = [];
    private readonly Random _random = new(1);

    /// <summary>Measures for about the given time. Another session adds rounds of new implementations of the same names.</summary>
    public void Measure(IReadOnlyList<Implementation> implementations, TimeSpan budget)
    {
        int[] rows = [.. implementations.Select(Calibrate)];
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < MinRounds || watch.Elapsed < budget; round++)
        {
            int[] order = [.. Enumerable.Range(0, implementations.Count)];
            _random.Shuffle(order);
            _rounds.Add(order.ToDictionary(next => implementations[next].Name, next => Time(implementations[next], rows[next])));
        }
    }

    /// <summary>Gets the median time per row, in nanoseconds.</summary>
    public double Nanoseconds(string implementation) => Median(_rounds.Select(times => times[implementation]));

    /// <summary>Gets the time per row of the fastest round, in nanoseconds. Other load on the machine can only make a round slower.</summary>
    public double FastestNanoseconds(string implementation) => _rounds.Min(times => times[implementation]);

    /// <summary>Gets the time per row of an implementation, in multiples of another's: the median over the rounds.</summary>
    public double Ratio(string implementation, string other) => Median(_rounds.Select(times => times[implementation] / times[other]));

    private static double Time(Implementation implementation, int rows)
    {
        // Before the measurement, collects the garbage of the others, warms the caches, and lets libtorch's threads settle, which
        // poll for work for some milliseconds after the last operation.
        GC.Collect();
        var settled = Stopwatch.StartNew();
        do
            implementation.Run(RoundToStride(implementation, rows / 3));
        while (settled.Elapsed < Settling);

        var start = Stopwatch.GetTimestamp();
        implementation.Run(rows);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / rows;
    }

    // Finds the number of rows that take about one run time. These runs are also the warm-up.
    private static int Calibrate(Implementation implementation)
    {
        var rows = implementation.Stride;
        for (var warm = Stopwatch.StartNew(); warm.Elapsed < WarmUp;)
        {
            var start = Stopwatch.GetTimestamp();
            implementation.Run(rows);
            var factor = implementation.RunTime / Stopwatch.GetElapsedTime(start);
            rows = RoundToStride(implementation, (int)Math.Min(rows * Math.Clamp(factor, 0.5, 8), 1 << 20));
        }

        return rows;
    }

    private static int RoundToStride(Implementation implementation, int rows) =>
        Math.Max(1, rows / implementation.Stride) * implementation.Stride;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
