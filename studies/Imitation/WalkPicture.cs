using ScottPlot;

namespace MlNetNtd.Studies.Imitation;

/// <summary>Draws twenty walks of the experts and of each learner, from the experts' starts and from disturbed ones.</summary>
internal static class WalkPicture
{
    private const int WalksDrawn = 20;
    private const int PlotSize = 210;
    private const double Margin = 0.5;

    // Colors that people who cannot tell red from green tell apart.
    private static readonly Color Succeeded = Color.FromHex("#0072b2");
    private static readonly Color Failed = Color.FromHex("#d55e00");
    private static readonly Color Gate = Color.FromHex("#009e73");

    /// <summary>Writes the picture as an SVG file: a row for each kind of start.</summary>
    public static void Save(SeedResult result, string path)
    {
        var learners = result.Learners;
        Charts.Save(
            path,
            [
                .. learners.Select(learner => CreatePlot($"{learner.Name}: {100 * learner.Trial.Success:F0}%", learner.Trial.Walks)),
                // Experts never start there.
                CreatePlot("blue: through the gate", []),
                .. learners.Skip(1).Select(learner => CreatePlot($"disturbed: {100 * learner.Trial.DisturbedSuccess:F0}%", learner.Trial.DisturbedWalks)),
            ],
            learners.Count, PlotSize, PlotSize);
    }

    private static Plot CreatePlot(string title, IReadOnlyList<Walk> walks)
    {
        var plot = new Plot();
        plot.Title(title, size: 14);
        foreach (var obstacle in ObstacleWorld.Obstacles)
            plot.Add.Circle(obstacle.X, obstacle.Y, obstacle.Radius).FillColor = Colors.LightGray;
        var gate = plot.Add.Line(ObstacleWorld.Length, -ObstacleWorld.GateHalfWidth, ObstacleWorld.Length, ObstacleWorld.GateHalfWidth);
        (gate.LineColor, gate.LineWidth) = (Gate, 4);
        // One line for all walks of a color, with a gap between walks, keeps the file small.
        foreach (var sameColor in walks.Take(WalksDrawn).GroupBy(walk => walk.Succeeded).OrderBy(group => group.Key))
        {
            var points = sameColor.SelectMany(walk => walk.States.Select(state => (state.X, state.Y)).Append((double.NaN, double.NaN))).ToArray();
            var line = plot.Add.ScatterLine(points.Select(point => point.Item1).ToArray(), points.Select(point => point.Item2).ToArray());
            line.Color = (sameColor.Key ? Succeeded : Failed).WithAlpha(0.5);
        }

        plot.Axes.SetLimits(-Margin, ObstacleWorld.Length + Margin, -ObstacleWorld.DisturbedHalfWidth - Margin, ObstacleWorld.DisturbedHalfWidth + Margin);
        plot.HideGrid();
        // Ticks would be most of the file and say little.
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        return plot;
    }
}
