using System.Diagnostics;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// Measures contestants against each other in one process: many short rounds, in each round everyone once, the order
/// turned from round to round. What disturbs the machine for a while disturbs all of them, so ratios are taken within
/// a round and their median is what counts.
/// </summary>
internal sealed class Race
{
    // Short, so that most turns pass between two interruptions where others load the machine.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(80);
    private const int LeastRounds = 5;
    private const int MostRounds = 501;

    private readonly IReadOnlyList<Contestant> _contestants;
    private readonly int[] _rows;
    private readonly List<double>[] _times;

    public Race(IReadOnlyList<Contestant> contestants)
    {
        _contestants = contestants;
        _rows = [.. contestants.Select(Calibrate)];
        _times = [.. contestants.Select(_ => new List<double>())];
    }

    /// <summary>Rounds, until the time is up.</summary>
    public void Run(TimeSpan budget)
    {
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < MostRounds && (round < LeastRounds || watch.Elapsed < budget); round++)
        {
            for (var i = 0; i < _contestants.Count; i++)
                Take((round + i) % _contestants.Count);
        }
    }

    /// <summary>The median time of a row, in nanoseconds.</summary>
    public double Nanoseconds(Contestant contestant) => Median(_times[IndexOf(contestant)]);

    /// <summary>How many times as long as another a contestant takes for a row: the median over the rounds.</summary>
    public double Ratio(Contestant contestant, Contestant other) =>
        Median(_times[IndexOf(contestant)].Zip(_times[IndexOf(other)], (time, least) => time / least));

    private void Take(int index)
    {
        var (contestant, rows) = (_contestants[index], _rows[index]);
        // Nobody pays for another's garbage, nor for finding the caches cold.
        GC.Collect();
        contestant.Run(Whole(contestant, rows / 8));

        var start = Stopwatch.GetTimestamp();
        contestant.Run(rows);
        _times[index].Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / rows);
    }

    // Rows that take about one turn. The runs that find out are the warm-up.
    private static int Calibrate(Contestant contestant)
    {
        var rows = contestant.Stride;
        for (var warm = Stopwatch.StartNew(); warm.Elapsed < WarmUp;)
        {
            var start = Stopwatch.GetTimestamp();
            contestant.Run(rows);
            var factor = Turn / Stopwatch.GetElapsedTime(start);
            rows = Whole(contestant, (int)Math.Min(rows * Math.Clamp(factor, 0.5, 8), 1 << 20));
        }

        return rows;
    }

    private static int Whole(Contestant contestant, int rows) =>
        Math.Max(1, rows / contestant.Stride) * contestant.Stride;

    private int IndexOf(Contestant contestant)
    {
        for (var i = 0; i < _contestants.Count; i++)
        {
            if (_contestants[i] == contestant)
                return i;
        }

        throw new ArgumentException($"'{contestant.Name}' does not take part.", nameof(contestant));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
