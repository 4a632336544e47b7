using System.Globalization;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>training</c>: compares the discriminator with the code that users write without it, in one process. The ratios are
/// medians over the rounds. Memory is measured in a separate process for each.
/// </summary>
internal static class TrainingTable
{
    private const string Epoch = "Fit";
    private const string Steps = "steps";

    // Both engines on a wide network, whose products take most of the time.
    private static readonly TrainingCase Wide = new(128, 32, 256);

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(25);

    /// <summary>Measures and prints.</summary>
    /// <returns>The printed text, in Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line($"{TrainingCase.Layers} layers of {TrainingCase.Heads} heads, no dropout, AdamW, gradients clipped. Times are medians; \"times the discriminator's\" is the median of the ratios within a round.");
        report.Line();
        report.Line("The share is the rate of a step's necessary products by that of torch.mm of 1024 by 1024, measured beside it in each round.");
        report.Line("Necessary, with N = B T and I = 4 D, in multiplications: 2 N C D for the input; 2 N (4 D² + 2 D I) for a layer, for the last one N (6 D² + 2 D I); attention 2 D for each pair of query and key that the mask allows, in the last layer those of candidates; N D for the head. Three times that for a step, less the input's once.");
        report.Line();
        report.Line("| | T | B | C = D | implementation | ms | rows a second | times the discriminator's | share of torch.mm | peak resident memory, MB |");
        report.Line("|---|---:|---:|---:|---|---:|---:|---:|---:|---:|");
        var steps = TrainingCase.All.ToDictionary(one => one.Tokens, one => Measure(report, one, TrainingImplementation.Names, scores: false));
        var wide = Measure(report, Wide, [TrainingImplementation.Torch, TrainingImplementation.Ours], scores: false);
        var scores = TrainingCase.All.ToDictionary(one => one.Tokens, one => Measure(report, one, TrainingImplementation.Names, scores: true));

        report.Line();
        report.Line("The same number of tokens in longer rows, then one very long row: peak resident memory of a few training steps.");
        report.Line();
        report.Line("| T | B | C = D | MB |");
        report.Line("|---:|---:|---:|---:|");
        foreach (var one in new TrainingCase[] { new(512, 8, 64), new(1024, 4, 64), new(2048, 2, 64), new(4096, 1, 64), new(8192, 1, 64) })
            report.Line(Text($"| {one.Tokens} | {one.Rows} | {one.Dimension} | {TrainingMemory.Measure(TrainingImplementation.Ours, one):0} |"));

        report.Line();
        var fit = Fit(report, TrainingCase.All[1]);
        report.Line();
        report.Line(Text(
            $"step/encoder T=32 {Ratio(steps, 32, TrainingImplementation.Encoder)} T=128 {Ratio(steps, 128, TrainingImplementation.Encoder)} T=512 {Ratio(steps, 512, TrainingImplementation.Encoder)}; step/sdpa T=512 {Ratio(steps, 512, TrainingImplementation.Fused)} T=2048 {Ratio(steps, 2048, TrainingImplementation.Fused)}; step/torch T=128 {Ratio(steps, 128, TrainingImplementation.Torch)} D=256 {wide.Ratio(TrainingImplementation.Torch, TrainingImplementation.Ours):0.00}; score/encoder {Ratio(scores, 128, TrainingImplementation.Encoder)}; share of torch.mm T=128 {Share(steps[128], TrainingImplementation.Ours, TrainingCase.All[1]):0.00}; fit {fit:0.00}"));
        return report.ToString();
    }

    private static Comparison Measure(Report report, TrainingCase one, string[] all, bool scores)
    {
        // This encoder materializes (2T, 2T) scores per head and layer several times: T = 2048 would only measure memory.
        string[] names = [.. all.Where(name => one.Tokens <= 512 || name != TrainingImplementation.Encoder)];
        Implementation[] implementations = [.. names.Select(name => TrainingImplementation.Of(name, one, scores)), .. scores ? [] : new[] { new MatrixProduct() }];
        var comparison = new Comparison();
        comparison.Measure(implementations, Budget);
        foreach (var implementation in implementations)
            implementation.Dispose();

        foreach (var name in names)
        {
            var nanoseconds = comparison.Nanoseconds(name);
            var memory = scores ? "" : Text($"{TrainingMemory.Measure(name, one):0}");
            var share = scores ? "" : Text($"{Share(comparison, name, one):0.00}");
            report.Line(Text(
                $"| {(scores ? "score" : "step")} | {one.Tokens} | {one.Rows} | {one.Dimension} | {name} | {nanoseconds * one.Rows / 1e6:0.00} | {1e9 / nanoseconds:0} | {comparison.Ratio(name, TrainingImplementation.Ours):0.00} | {share} | {memory} |"));
        }

        if (!scores)
            report.Line(Text($"| | | | | {MatrixProduct.Text} | {comparison.Nanoseconds(MatrixProduct.Text) / 1e6:0.00} | {MatrixProduct.Operations / comparison.Nanoseconds(MatrixProduct.Text):0} GFLOP/s | | 1.00 | |"));

        return comparison;
    }

    // Measures the fraction of Fit's time that the same steps take on prepared tensors.
    private static double Fit(Report report, TrainingCase one)
    {
        using var epoch = new WholeEpoch(Epoch, one);
        using var steps = new StepsOfAnEpoch(Steps, one);
        var comparison = new Comparison();
        comparison.Measure([epoch, steps], Budget);
        var fraction = comparison.Ratio(Steps, Epoch);
        report.Line(Text(
            $"Fit of one epoch, T = {one.Tokens}, {epoch.Stride} rows through the transform: {comparison.Nanoseconds(Epoch) * epoch.Stride / 1e6:0} ms, of which the steps on ready tensors are {comparison.Nanoseconds(Steps) * epoch.Stride / 1e6:0} ms; fraction {fraction:0.00}."));
        return fraction;
    }

    private static double Share(Comparison comparison, string name, TrainingCase one) =>
        one.Operations / one.Rows / MatrixProduct.Operations / comparison.Ratio(name, MatrixProduct.Text);

    private static string Ratio(Dictionary<int, Comparison> comparisons, int tokens, string name) =>
        Text($"{comparisons[tokens].Ratio(name, TrainingImplementation.Ours):0.00}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
