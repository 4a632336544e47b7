using System.Globalization;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>The results of one text and one generator: for each contender and number of rows, one per seed.</summary>
internal sealed class QualitySection(string text, string candidates)
{
    // In the order in which contenders first ran.
    private readonly List<string> _contenders = [];
    private readonly Dictionary<(string Contender, int Rows), List<QualityResult>> _results = [];

    public void Add(string contender, int rows, QualityResult result)
    {
        if (!_contenders.Contains(contender))
            _contenders.Add(contender);
        if (!_results.TryGetValue((contender, rows), out var results))
            _results.Add((contender, rows), results = []);
        results.Add(result);
    }

    /// <summary>Prints a table of AUC, and one of log-loss, calibration error and processor time.</summary>
    public static void Print(Report report, IReadOnlyList<int> rows, IReadOnlyList<QualitySection> sections)
    {
        report.Line();
        report.Line("AUC of tokens by training rows, mean ± standard deviation of the seeds:");
        PrintTable(report, rows, sections, results => Text(
            $"{results.Average(result => result.AreaUnderRocCurve):F3}{Spread([.. results.Select(result => result.AreaUnderRocCurve)])}"));
        report.Line();
        report.Line("Log-loss in nats / expected calibration error / processor seconds of training, means of the seeds:");
        PrintTable(report, rows, sections, results => Text(
            $"{results.Average(result => result.LogLoss):F3} / {results.Average(result => result.CalibrationError):F3} / {results.Average(result => result.CpuSeconds):F1}"));
    }

    private static void PrintTable(
        Report report, IReadOnlyList<int> rows, IReadOnlyList<QualitySection> sections, Func<IReadOnlyList<QualityResult>, string> format)
    {
        report.Line();
        report.Line($"| text | candidates | contender | {string.Join(" | ", rows.Select(count => Text($"{count:N0}")))} |");
        report.Line($"|---|---|---|{string.Concat(rows.Select(_ => "---:|"))}");
        foreach (var section in sections)
            section.PrintRows(report, rows, format);
    }

    private void PrintRows(Report report, IReadOnlyList<int> rows, Func<IReadOnlyList<QualityResult>, string> format)
    {
        foreach (var contender in _contenders)
            report.Line($"| {text} | {candidates} | {contender} | {string.Join(" | ", rows.Select(count => format(_results[(contender, count)])))} |");
    }

    private static string Spread(double[] values)
    {
        if (values.Length < 2)
            return "";
        var mean = values.Average();
        return Text($" ± {Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)):F3}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
