using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Studies.Realism;

/// <summary>A recording of counters: how much each of them rises from one reading to the next.</summary>
/// <param name="Names">The names of the counters.</param>
/// <param name="Steps">For each step, the logarithm of 1 plus each rise (<see cref="CountScale"/>).</param>
internal sealed record Recording(IReadOnlyList<string> Names, IReadOnlyList<double[]> Steps)
{
    /// <summary>Records this machine's counters.</summary>
    /// <param name="steps">The number of steps.</param>
    /// <param name="interval">The time from one reading to the next.</param>
    /// <param name="cancellationToken">Stops the recording.</param>
    /// <exception cref="OperationCanceledException">The recording was stopped.</exception>
    public static Recording Record(int steps, TimeSpan interval, CancellationToken cancellationToken)
    {
        var recorded = new List<double[]>(steps);
        var (clock, previous) = (Stopwatch.StartNew(), KernelCounters.Read());
        for (var step = 1; step <= steps; step++)
        {
            // Due times are counted from the beginning, so that late readings do not add up.
            var wait = (interval * step) - clock.Elapsed;
            if (wait > TimeSpan.Zero && cancellationToken.WaitHandle.WaitOne(wait))
                break;
            cancellationToken.ThrowIfCancellationRequested();
            var current = KernelCounters.Read();
            // The kernel's sums over processors may fall by a few.
            recorded.Add([.. current.Zip(previous, (now, before) => CountScale.FromCount(Math.Max(0, now - before)))]);
            previous = current;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new Recording(KernelCounters.Names, recorded);
    }

    /// <summary>Reads a CSV file: a header, then a row of counts for each step.</summary>
    /// <exception cref="FormatException">The file has no header, or a row that is not as many counts.</exception>
    public static Recording Load(string path)
    {
        using var lines = File.ReadLines(path).GetEnumerator();
        if (!lines.MoveNext())
            throw new FormatException($"'{path}': expected a header, found an empty file.");
        var names = lines.Current.Split(',');
        var steps = new List<double[]>();
        while (lines.MoveNext())
            steps.Add(Parse(path, steps.Count + 2, names.Length, lines.Current));
        return new Recording(names, steps);
    }

    /// <summary>Writes the CSV file, whole or not at all.</summary>
    public void Save(string path)
    {
        var unfinished = $"{path}.tmp";
        File.WriteAllLines(unfinished, Steps
            .Select(step => string.Join(',', step.Select(value => CountScale.ToCount(value).ToString(CultureInfo.InvariantCulture))))
            .Prepend(string.Join(',', Names)));
        File.Move(unfinished, path, overwrite: true);
    }

    private static double[] Parse(string path, int line, int columns, string text)
    {
        var fields = text.Split(',');
        if (fields.Length != columns)
            throw new FormatException($"'{path}', line {line}: expected {columns} counts, as in the header, found {fields.Length}.");
        return [.. fields.Select(field => long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? CountScale.FromCount(count)
            : throw new FormatException($"'{path}', line {line}: expected counts, whole numbers from 0, found '{field}'."))];
    }
}
