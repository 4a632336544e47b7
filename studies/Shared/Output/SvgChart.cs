using System.Globalization;
using System.Security;
using System.Text;

namespace MlNetNtd.Examples;

/// <summary>Writes line charts as an SVG document, one panel below the other.</summary>
internal static class SvgChart
{
    private const int Width = 720;
    private const int PanelHeight = 260;
    private const int Left = 60;
    private const int Right = 20;
    private const int Top = 50;
    private const int Bottom = 50;

    // Readable on white by those who cannot tell red from green, too.
    private static readonly string[] Colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

    public static string Draw(IReadOnlyList<Panel> panels)
    {
        var svg = new StringBuilder();
        var height = PanelHeight * panels.Count;
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="white"/>""");
        for (var i = 0; i < panels.Count; i++)
            DrawPanel(svg, panels[i], i * PanelHeight);
        return svg.AppendLine("</svg>").ToString();
    }

    private static void DrawPanel(StringBuilder svg, Panel panel, int y)
    {
        var axes = Axes.Of(panel, y + Top, y + PanelHeight - Bottom);
        Text(svg, Left, y + 20, "start", panel.Title, """ font-weight="bold" """);
        foreach (var tick in axes.ValueTicks)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M{Left} {axes.Y(tick):F1}H{Width - Right}" stroke="#dddddd"/>""");
            Text(svg, Left - 6, axes.Y(tick) + 4, "end", tick.ToString("0.###", CultureInfo.InvariantCulture));
        }

        foreach (var tick in axes.CountTicks)
            Text(svg, axes.X(tick), y + PanelHeight - Bottom + 16, "middle", $"{tick + panel.First - 1}");
        DrawNames(svg, panel, y);
        foreach (var level in panel.Levels)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M{Left} {axes.Y(level.Value):F1}H{Width - Right}" stroke="#555555" stroke-dasharray="6 4"/>""");
            Text(svg, Width - Right, axes.Y(level.Value) - 4, "end", level.Name, """ fill="#555555" """);
        }

        foreach (var mark in panel.Marks)
        {
            var x = axes.X(mark.At - panel.First + 1);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M{x:F1} {y + Top}V{y + PanelHeight - Bottom}" stroke="#555555" stroke-dasharray="2 3"/>""");
            // On the side where there is room.
            var (anchor, place) = x < Width / 2.0 ? ("start", x + 4) : ("end", x - 4);
            Text(svg, place, y + Top + 12, anchor, mark.Name, """ fill="#555555" """);
        }

        // Behind the others, wherever they stand among them.
        foreach (var series in panel.Series.Where(series => series.IsFaint))
            DrawSeries(svg, series, axes, "#bbbbbb", 1);
        var legend = Left;
        Series[] named = [.. panel.Series.Where(series => !series.IsFaint)];
        for (var i = 0; i < named.Length; i++)
        {
            var color = Colors[i % Colors.Length];
            Text(svg, legend, y + 38, "start", $"● {named[i].Name}", $""" fill="{color}" """);
            legend += 30 + 7 * named[i].Name.Length;
            DrawSeries(svg, named[i], axes, color, 2);
        }
    }

    private static void DrawNames(StringBuilder svg, Panel panel, int y)
    {
        Text(svg, (Left + Width - Right) / 2.0, y + PanelHeight - Bottom + 34, "middle", panel.XName);
        var middle = y + (Top + PanelHeight - Bottom) / 2.0;
        Text(svg, 14, middle, "middle", panel.YName, string.Create(CultureInfo.InvariantCulture, $""" transform="rotate(-90 14 {middle:F1})" """));
    }

    // Dots as well as a line: of a single value there is no line.
    private static void DrawSeries(StringBuilder svg, Series series, Axes axes, string color, int width)
    {
        var points = series.Values
            .Select((value, i) => (Value: value, X: axes.X(i + 1)))
            .Where(point => double.IsFinite(point.Value))
            .Select(point => (point.X, Y: axes.Y(point.Value)))
            .ToArray();
        var line = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:F1},{point.Y:F1}")));
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<polyline points="{line}" fill="none" stroke="{color}" stroke-width="{width}"/>""");
        foreach (var (x, y) in points)
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<circle cx="{x:F1}" cy="{y:F1}" r="{width + 1}" fill="{color}"/>""");
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, string more = "") =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}"{more.TrimEnd()}>{SecurityElement.Escape(text)}</text>""");

    // Where the values of a panel come to lie.
    private sealed record Axes(double Least, double Most, int Count, int TopY, int BottomY)
    {
        private const int MaxTicks = 20;

        private static readonly int[] Factors = [1, 2, 5, 10];

        public static Axes Of(Panel panel, int top, int bottom)
        {
            var values = panel.Series.SelectMany(series => series.Values).Concat(panel.Levels.Select(level => level.Value)).Where(double.IsFinite).ToArray();
            var (least, most) = values.Length == 0 ? (0.0, 1.0) : (values.Min(), values.Max());
            // Nearly level curves are to look level.
            var margin = Math.Max(0.05 * (most - least), 0.02);
            return new Axes(least - margin, most + margin, panel.Series.Max(series => series.Values.Count), top, bottom);
        }

        public IEnumerable<double> ValueTicks
        {
            get
            {
                var step = Step((Most - Least) / 4);
                // No minus before a zero.
                for (var i = Math.Ceiling(Least / step); i * step <= Most; i++)
                    yield return i * step + 0.0;
            }
        }

        public IEnumerable<int> CountTicks =>
            Enumerable.Range(1, Count).Where(number => (number - 1) % (1 + (Count - 1) / MaxTicks) == 0);

        public double X(int number) => Count < 2
            ? (Left + Width - Right) / 2.0
            : Left + 20 + (number - 1.0) / (Count - 1) * (Width - Left - Right - 40);

        public double Y(double value) => BottomY - (value - Least) / (Most - Least) * (BottomY - TopY);

        // The nearest of 1, 2, 5, 10, ... that is not below.
        private static double Step(double rough)
        {
            var unit = Math.Pow(10, Math.Floor(Math.Log10(rough)));
            return unit * Factors.First(factor => factor * unit >= rough * 0.999);
        }
    }
}
