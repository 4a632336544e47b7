using System.Globalization;
using System.Security;
using System.Text;

namespace MlNetNtd.Tool;

/// <summary>Draws lines as SVG. A plotting library would bring native code of 30 MB for it.</summary>
internal static class LineChart
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Left = 64;
    private const int Right = 24;
    private const int Top = 40;
    private const int Bottom = 48;
    private const int Steps = 5;

    private static readonly string[] Colors = ["#3b6ea8", "#c2683c", "#4c8c5b", "#8a5a9e"];

    /// <summary>Points joined by a line; points that are not finite are left out.</summary>
    public sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

    /// <summary>Draws a chart.</summary>
    public static string Draw(string title, string xLabel, IReadOnlyList<Series> series)
    {
        var points = series.SelectMany(line => line.Points).Where(point => double.IsFinite(point.Y)).ToList();
        var (minX, maxX) = Range(points.Select(point => point.X));
        var (minY, maxY) = Range(points.Select(point => point.Y));
        var svg = new StringBuilder();
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{Height}" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Line($"""  <rect width="100%" height="100%" fill="white"/>""");
        Line($"""  <text x="{Left}" y="24" font-size="14">{SecurityElement.Escape(title)}</text>""");
        Line($"""  <text x="{(Left + Width - Right) / 2}" y="{Height - 12}" text-anchor="middle">{SecurityElement.Escape(xLabel)}</text>""");
        for (var i = 0; i <= Steps; i++)
        {
            var (x, y) = (minX + i * (maxX - minX) / Steps, minY + i * (maxY - minY) / Steps);
            Line($"""  <line x1="{Left}" x2="{Width - Right}" y1="{Y(y):F1}" y2="{Y(y):F1}" stroke="#dde2ea"/>""");
            Line($"""  <text x="{Left - 8}" y="{Y(y) + 4:F1}" text-anchor="end">{y:0.###}</text>""");
            Line($"""  <text x="{X(x):F1}" y="{Height - Bottom + 18}" text-anchor="middle">{x:0.#}</text>""");
        }

        for (var i = 0; i < series.Count; i++)
        {
            var color = Colors[i % Colors.Length];
            var line = string.Join(' ', series[i].Points.Where(point => double.IsFinite(point.Y)).Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):F1},{Y(point.Y):F1}")));
            Line($"""  <polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>""");
            Line($"""  <text x="{Width - Right}" y="{24 + 16 * i}" text-anchor="end" fill="{color}">{SecurityElement.Escape(series[i].Name)}</text>""");
        }

        return svg.AppendLine("</svg>").ToString();

        double X(double value) => Left + (value - minX) / (maxX - minX) * (Width - Left - Right);
        double Y(double value) => Height - Bottom - (value - minY) / (maxY - minY) * (Height - Top - Bottom);
        void Line(FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    // One value, or none, has a range around it.
    private static (double Min, double Max) Range(IEnumerable<double> values)
    {
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
            (min, max) = (Math.Min(min, value), Math.Max(max, value));
        if (min > max)
            return (0, 1);
        return min < max ? (min, max) : (min - 0.5, max + 0.5);
    }
}
