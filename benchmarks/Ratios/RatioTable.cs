using System.Globalization;
using System.Text;

namespace MlNetNtd.Benchmarks;

/// <summary>The command <c>ratios</c>: compares all implementations with the floor, shape by shape.</summary>
internal static class RatioTable
{
    // All shapes together take about five minutes. The typical shape, which has goals, takes the longest, because other load on the
    // machine varies by the second.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan TypicalBudget = TimeSpan.FromSeconds(60);

    private static readonly int[] Tokens = [1, 16, 128, 512];
    private static readonly int[] Dimensions = [16, 64, 256];
    private static readonly Shape Typical = new(128, 64);
    private static readonly Shape Small = new(16, 16);

    /// <summary>Measures and prints.</summary>
    /// <returns>The printed text, in Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        var shapes = (from tokens in Tokens from dimension in Dimensions select new Shape(tokens, dimension)).ToArray();
        var goals = "";
        var small = "";
        var spread = "";
        foreach (var shape in shapes)
        {
            var comparison = ShapeComparison.Run(shape, shape == Typical ? TypicalBudget : Budget);
            if (shape == shapes[0])
                Header(report, comparison);
            Row(report, comparison);
            goals = shape == Typical ? Goals(comparison) : goals;
            small = shape == Small ? SmallGoal(comparison) : small;
            spread = shape == Typical ? Spread(comparison) : spread;
        }

        report.Line();
        var (perRow, detail) = Allocations();
        report.Line(detail);
        report.Line();
        report.Line(spread);
        report.Line();
        report.Line(small);
        report.Line($"{Typical}; managed/floor compares times, the others say how many times as many rows a second:");
        report.Line();
        report.Line(goals.Replace("{bytes}", Text($"{perRow:0.##}"), StringComparison.Ordinal));
        return report.ToString();
    }

    private static void Header(Report report, ShapeComparison comparison)
    {
        report.Line(Text($"| T | C | floor, µs a row | {string.Join(" | ", comparison.Names.Skip(1))} |"));
        report.Line($"|{string.Concat(Enumerable.Repeat("---:|", comparison.Names.Count + 2))}");
    }

    private static void Row(Report report, ShapeComparison comparison)
    {
        var cells = comparison.Names.Skip(1).Select(implementation => Text($"{comparison.Ratio(implementation, ShapeComparison.Floor):0.00}"));
        report.Line(Text(
            $"| {comparison.Shape.Tokens} | {comparison.Shape.Dimension} | {comparison.Nanoseconds(ShapeComparison.Floor) / 1000:0.000} | {string.Join(" | ", cells)} |"));
    }

    private static string Goals(ShapeComparison comparison)
    {
        var line = new StringBuilder()
            .Append(Text($"managed/floor {comparison.Ratio(ShapeComparison.Managed, ShapeComparison.Floor):0.00}"))
            .Append(Text($", torch-block/torch-row {comparison.Ratio(ShapeComparison.TorchRows, ShapeComparison.TorchBlocks):0.0}"))
            .Append(Text($", parallel-2 {comparison.Ratio(ShapeComparison.Managed, ShapeComparison.ParallelManaged):0.00}"))
            .Append(", bytes/row {bytes}");
        line.Append(Text($", managed/custommapping {comparison.Ratio(ShapeComparison.Arrays, ShapeComparison.Managed):0.0}"))
            .Append(Text($", managed/custommapping-torch {comparison.Ratio(ShapeComparison.Module, ShapeComparison.Managed):0.0}"));
        return line.ToString();
    }

    private static string SmallGoal(ShapeComparison comparison) =>
        Text($"{comparison.Shape}: managed/custommapping {comparison.Ratio(ShapeComparison.Arrays, ShapeComparison.Managed):0.0}");

    private static string Spread(ShapeComparison comparison) => Text(
        $"The slowest placement's time in multiples of the fastest's, {comparison.Shape}: floor {comparison.Spread(ShapeComparison.Floor):0.00}, managed {comparison.Spread(ShapeComparison.Managed):0.00}.");

    private static (double PerRow, string Detail) Allocations()
    {
        EngineKind[] engines = [EngineKind.Managed, EngineKind.Torch];
        const string others = "";
        var (input, variable) = (new SequenceView(Typical), new SequenceView(Typical, variableLength: true));
        var most = 0.0;
        string[] details = [.. engines.Select(engine =>
        {
            var (known, unknown) = (Allocation.PerRow(input, Typical, engine), Allocation.PerRow(variable, Typical, engine));
            most = Math.Max(most, Math.Max(known, unknown));
            return Text($"{engine} {known:0.##}, {unknown:0.##} where lengths vary");
        })];
        var detail = Text($"Bytes allocated a row after warm-up, {Typical}: {string.Join("; ", details)}.{others}");
        return (most, detail);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
