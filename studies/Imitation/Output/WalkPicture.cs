using System.Globalization;
using System.Text;

namespace MlNetNtd.Examples.Imitation;

/// <summary>A hundred walks of experts and learners, each kind from its starts, as an SVG document.</summary>
internal static class WalkPicture
{
    private const int WalksDrawn = 100;
    private const int Scale = 20;
    private const double MarginX = 0.5;
    private const double HalfHeight = 5.2;
    private const int PanelWidth = (int)((Course.Length + 2 * MarginX) * Scale);
    private const int PanelHeight = (int)(2 * HalfHeight * Scale);
    private const int Gap = 16;
    private const int Title = 24;

    // Readable on white by those who cannot tell red from green, too.
    private const string Through = "#0072b2";
    private const string Failed = "#d55e00";

    public static string Draw(SeedResult result)
    {
        (string Name, Trial Trial)[] columns =
            [("experts", result.Experts), ("cloning", result.Cloning), ("adversarial", result.Adversarial), ("on-policy", result.OnPolicy)];
        var (width, height) = (columns.Length * (PanelWidth + Gap) + Gap, 2 * (PanelHeight + Title) + Gap);
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="white"/>""");
        for (var i = 0; i < columns.Length; i++)
        {
            var (name, trial) = columns[i];
            var x = Gap + i * (PanelWidth + Gap);
            DrawPanel(svg, x, 0, $"{name}: {100 * trial.Success:F0}% through", trial.Walks);
            if (trial.DisturbedWalks.Count > 0)
                DrawPanel(svg, x, PanelHeight + Title, $"{name}, disturbed starts: {100 * trial.DisturbedSuccess:F0}%", trial.DisturbedWalks);
            else
                DrawLegend(svg, x, PanelHeight + Title);
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static void DrawPanel(StringBuilder svg, int left, int top, string title, IReadOnlyList<Walk> walks)
    {
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{left}" y="{top + 17}">{title}</text>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg x="{left}" y="{top + Title}" width="{PanelWidth}" height="{PanelHeight}"><rect width="100%" height="100%" fill="#f5f5f5"/>""");
        foreach (var obstacle in Course.Obstacles)
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<circle cx="{X(obstacle.X):F1}" cy="{Y(obstacle.Y):F1}" r="{obstacle.Radius * Scale:F1}" fill="#bbbbbb"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M{X(Course.Length):F1} {Y(Course.GateHalfWidth):F1}V{Y(-Course.GateHalfWidth):F1}" stroke="#009e73" stroke-width="4"/>""");
        foreach (var kind in walks.Take(WalksDrawn).GroupBy(walk => walk.Succeeded).OrderBy(kind => kind.Key))
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<g fill="none" stroke="{(kind.Key ? Through : Failed)}" stroke-opacity="0.35">""");
            foreach (var walk in kind)
                svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="{Outline(walk)}"/>""");
            svg.AppendLine("</g>");
        }

        svg.AppendLine("</svg>");
    }

    private static void DrawLegend(StringBuilder svg, int left, int top)
    {
        (string Color, string Text)[] lines =
            [(Through, "through the gate"), (Failed, "stuck, or beside the gate"), ("#009e73", "the gate"), ("#888888", "obstacles")];
        for (var i = 0; i < lines.Length; i++)
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{left}" y="{top + Title + 20 + 22 * i}" fill="{lines[i].Color}">● {lines[i].Text}</text>""");
    }

    // From point to point, in whole units: a picture of hundreds of walks is to stay small.
    private static string Outline(Walk walk)
    {
        // One point for all the time that it is stuck.
        (int X, int Y)[] points = [.. walk.States.Select(state => ((int)Math.Round(X(state.X)), (int)Math.Round(Y(state.Y)))).Distinct()];
        var steps = points.Zip(points.Skip(1), (from, to) => string.Create(CultureInfo.InvariantCulture, $"{to.X - from.X} {to.Y - from.Y}"));
        return string.Create(CultureInfo.InvariantCulture, $"M{points[0].X} {points[0].Y}l{string.Join(' ', steps)}");
    }

    private static double X(double x) => (x + MarginX) * Scale;

    // Left of the walker is up.
    private static double Y(double y) => (HalfHeight - y) * Scale;
}
