using System.Globalization;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>training</c>: the discriminator beside what users write without it, in one process, everybody in turn; the
/// ratios are medians over the rounds. Memory is that of a process each.
/// </summary>
internal static class TrainingTable
{
    private const string Epoch = "Fit";
    private const string Steps = "steps";

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(25);

    /// <summary>Measures and prints.</summary>
    /// <returns>What was printed, as Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line($"{TrainingCase.Layers} layers of {TrainingCase.Heads} heads, no dropout, AdamW, gradients clipped. Times are medians; \"times the discriminator's\" is the median of the ratios within a round.");
        report.Line();
        report.Line("| | T | B | C = D | contestant | ms | rows a second | times the discriminator's | peak resident memory, MB |");
        report.Line("|---|---:|---:|---:|---|---:|---:|---:|---:|");
        var steps = TrainingCase.All.ToDictionary(one => one.Tokens, one => Measure(report, one, scores: false));
        var scores = TrainingCase.All.ToDictionary(one => one.Tokens, one => Measure(report, one, scores: true));

        report.Line();
        report.Line("The same number of tokens in longer rows, then one very long row: peak resident memory of a few training steps.");
        report.Line();
        report.Line("| T | B | C = D | MB |");
        report.Line("|---:|---:|---:|---:|");
        foreach (var one in new TrainingCase[] { new(512, 8, 64), new(1024, 4, 64), new(2048, 2, 64), new(4096, 1, 64), new(8192, 1, 64) })
            report.Line(Text($"| {one.Tokens} | {one.Rows} | {one.Dimension} | {TrainingMemory.Measure(TrainingContestant.Ours, one):0} |"));

        report.Line();
        var fit = Fit(report, TrainingCase.All[1]);
        report.Line();
        report.Line(Text(
            $"step/encoder T=32 {Ratio(steps, 32, TrainingContestant.Encoder)} T=128 {Ratio(steps, 128, TrainingContestant.Encoder)} T=512 {Ratio(steps, 512, TrainingContestant.Encoder)}; step/sdpa T=512 {Ratio(steps, 512, TrainingContestant.Fused)} T=2048 {Ratio(steps, 2048, TrainingContestant.Fused)}; score/encoder {Ratio(scores, 128, TrainingContestant.Encoder)}; fit {fit:0.00}"));
        return report.ToString();
    }

    private static Race Measure(Report report, TrainingCase one, bool scores)
    {
        // (2T, 2T) scores a head and layer, several times over: at T = 2048 that is no contest but a question of memory.
        string[] names = [.. TrainingContestant.Names.Where(name => one.Tokens <= 512 || name != TrainingContestant.Encoder)];
        var contestants = Array.ConvertAll(names, name => TrainingContestant.Of(name, one, scores));
        var race = new Race();
        race.Sit(contestants, Budget);
        foreach (var contestant in contestants)
            contestant.Dispose();

        foreach (var name in names)
        {
            var nanoseconds = race.Nanoseconds(name);
            var memory = scores ? "" : Text($"{TrainingMemory.Measure(name, one):0}");
            report.Line(Text(
                $"| {(scores ? "score" : "step")} | {one.Tokens} | {one.Rows} | {one.Dimension} | {name} | {nanoseconds * one.Rows / 1e6:0.00} | {1e9 / nanoseconds:0} | {race.Ratio(name, TrainingContestant.Ours):0.00} | {memory} |"));
        }

        return race;
    }

    // The share of Fit's time that the same steps take on tensors that lie ready.
    private static double Fit(Report report, TrainingCase one)
    {
        using var epoch = new WholeEpoch(Epoch, one);
        using var steps = new StepsOfAnEpoch(Steps, one);
        var race = new Race();
        race.Sit([epoch, steps], Budget);
        var share = race.Ratio(Steps, Epoch);
        report.Line(Text(
            $"Fit of one epoch, T = {one.Tokens}, {epoch.Stride} rows through the stage: {race.Nanoseconds(Epoch) * epoch.Stride / 1e6:0} ms, of which the steps on ready tensors are {race.Nanoseconds(Steps) * epoch.Stride / 1e6:0} ms; share {share:0.00}."));
        return share;
    }

    private static string Ratio(Dictionary<int, Race> races, int tokens, string name) =>
        Text($"{races[tokens].Ratio(name, TrainingContestant.Ours):0.00}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
