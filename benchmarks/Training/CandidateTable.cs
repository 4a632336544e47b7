using System.Globalization;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>candidates</c>: the time of one candidate with 1 to 8 candidates of each token, trained and scored by the managed engine.
/// All candidates of a row share the work on its context, so the time falls.
/// </summary>
internal static class CandidateTable
{
    private static readonly TrainingCase One = new(128, 8, 64);
    private static readonly int[] Candidates = [1, 2, 4, 8];
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    /// <summary>Measures and prints.</summary>
    /// <returns>The printed text, in Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line($"T = {One.Tokens}, {One.Rows} rows, C = D = {One.Dimension}, {TrainingCase.Layers} layers of {TrainingCase.Heads} heads, no dropout. Times are medians, ratios medians of the ratios within a round.");
        report.Line();
        report.Line("| | K | microseconds a candidate | of that with K = 1 |");
        report.Line("|---|---:|---:|---:|");
        var steps = Measure(report, scores: false);
        var scores = Measure(report, scores: true);
        report.Line();
        report.Line(FormattableString.Invariant($"candidate with K = 8 of K = 1: step {steps:0.00}, score {scores:0.00}"));
        return report.ToString();
    }

    private static double Measure(Report report, bool scores)
    {
        var comparison = new Comparison();
        comparison.Measure([.. Candidates.Select(candidates => new SeveralCandidates(One, candidates, scores))], Budget);
        foreach (var candidates in Candidates)
        {
            report.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"| {(scores ? "score" : "step")} | {candidates} | {comparison.Nanoseconds(SeveralCandidates.Title(candidates)) / 1e3:0.000} | {Ratio(candidates):0.00} |"));
        }

        return Ratio(Candidates[^1]);

        double Ratio(int candidates) => comparison.Ratio(SeveralCandidates.Title(candidates), SeveralCandidates.Title(1));
    }
}
