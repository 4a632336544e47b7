using System.Diagnostics;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// Measures contestants against each other in one process: many short rounds, in each round everyone once, in an order
/// drawn anew, since whoever comes first leaves caches to the next. What disturbs the machine for a while disturbs all of them, so ratios are taken within
/// a round and their median is what counts.
/// </summary>
internal sealed class Race
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(10);
    private const int LeastRounds = 3;

    private readonly List<Dictionary<string, double>> _rounds = [];
    private readonly Random _random = new(1);

    /// <summary>Measures for about so long. The contestants of a further sitting are others of the same names.</summary>
    public void Sit(IReadOnlyList<Contestant> contestants, TimeSpan budget)
    {
        int[] rows = [.. contestants.Select(Calibrate)];
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < LeastRounds || watch.Elapsed < budget; round++)
        {
            int[] order = [.. Enumerable.Range(0, contestants.Count)];
            _random.Shuffle(order);
            _rounds.Add(order.ToDictionary(next => contestants[next].Name, next => Time(contestants[next], rows[next])));
        }
    }

    /// <summary>The median time of a row, in nanoseconds.</summary>
    public double Nanoseconds(string contestant) => Median(_rounds.Select(times => times[contestant]));

    /// <summary>How many times as long as another a contestant takes for a row: the median over the rounds.</summary>
    public double Ratio(string contestant, string other) => Median(_rounds.Select(times => times[contestant] / times[other]));

    private static double Time(Contestant contestant, int rows)
    {
        // Nobody pays for another's garbage, nor for finding the caches cold, nor for libtorch's threads, which look for more
        // work for some milliseconds after another's last operation.
        GC.Collect();
        var settled = Stopwatch.StartNew();
        do
            contestant.Run(Whole(contestant, rows / 3));
        while (settled.Elapsed < Settling);

        var start = Stopwatch.GetTimestamp();
        contestant.Run(rows);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / rows;
    }

    // Rows that take about one turn. The runs that find out are the warm-up.
    private static int Calibrate(Contestant contestant)
    {
        var rows = contestant.Stride;
        for (var warm = Stopwatch.StartNew(); warm.Elapsed < WarmUp;)
        {
            var start = Stopwatch.GetTimestamp();
            contestant.Run(rows);
            var factor = contestant.Turn / Stopwatch.GetElapsedTime(start);
            rows = Whole(contestant, (int)Math.Min(rows * Math.Clamp(factor, 0.5, 8), 1 << 20));
        }

        return rows;
    }

    private static int Whole(Contestant contestant, int rows) =>
        Math.Max(1, rows / contestant.Stride) * contestant.Stride;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
