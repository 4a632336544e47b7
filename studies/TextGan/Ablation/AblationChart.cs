using System.Globalization;
using System.Security;
using System.Text;

namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// An ablation as an SVG document: for each measure a row of its own scale, with a dot for each seed's difference, a bar for
/// the 95% interval of their mean, and zero in the middle.
/// </summary>
internal static class AblationChart
{
    private const int Width = 720;
    private const int Left = 220;
    private const int Right = 90;
    private const int Top = 60;
    private const int RowHeight = 44;
    private const int Bottom = 50;

    public static string Draw(IReadOnlyList<AblationOutcome> outcomes)
    {
        var svg = new StringBuilder();
        var height = Top + RowHeight * ArmResult.Measures.Count + Bottom;
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="white"/>""");
        Text(svg, 10, 22, "start", "With the adversarial term less without, from the same start and for the same steps", """ font-weight="bold" """);
        Text(svg, 10, 42, "start", $"● a seed   ▬ 95% interval of the mean of {outcomes.Count}; left of zero: better with the term");
        var middle = (Left + Width - Right) / 2.0;
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M{middle:F1} {Top}V{height - Bottom}" stroke="#555555"/>""");
        for (var i = 0; i < ArmResult.Measures.Count; i++)
            DrawRow(svg, outcomes, ArmResult.Measures[i], Top + RowHeight * i + RowHeight / 2);
        Text(svg, middle, height - Bottom + 16, "middle", "0");
        Text(svg, middle, height - Bottom + 36, "middle", "difference, each measure on a scale of its own (its end is written at the right)");
        return svg.AppendLine("</svg>").ToString();
    }

    private static void DrawRow(StringBuilder svg, IReadOnlyList<AblationOutcome> outcomes, (string Name, Func<ArmResult, double> Value) measure, int y)
    {
        double[] differences = [.. outcomes.Select(outcome => measure.Value(outcome.With) - measure.Value(outcome.Without))];
        var interval = Interval.Of(differences);
        var reach = double.IsFinite(interval.Reach) ? interval.Reach : 0;
        var most = differences.Select(Math.Abs).Append(Math.Abs(interval.Mean) + reach).Append(1e-9).Max() * 1.1;
        var color = !interval.LeavesOutZero ? "#777777" : interval.Mean < 0 ? "#0072b2" : "#d55e00";
        Text(svg, 10, y + 4, "start", measure.Name);
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M{X(interval.Mean - reach):F1} {y}H{X(interval.Mean + reach):F1}" stroke="{color}" stroke-width="8" stroke-opacity="0.35"/>""");
        foreach (var difference in differences)
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<circle cx="{X(difference):F1}" cy="{y}" r="3.5" fill="{color}"/>""");
        Text(svg, Width - Right + 8, y + 4, "start", string.Create(CultureInfo.InvariantCulture, $"±{most:0.####}"));

        double X(double difference) => (Left + Width - Right) / 2.0 + difference / most * (Width - Left - Right) / 2.0;
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, string more = "") =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}"{more.TrimEnd()}>{SecurityElement.Escape(text)}</text>""");
}
