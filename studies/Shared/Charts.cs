using ScottPlot;
using SkiaSharp;

namespace MlNetNtd.Studies;

/// <summary>Line charts, several of them in one SVG file.</summary>
public static class Charts
{
    private const int PlotWidth = 720;
    private const int PlotHeight = 280;

    /// <summary>Plots series over consecutive numbers.</summary>
    /// <param name="title">The title.</param>
    /// <param name="xLabel">What is counted from left to right.</param>
    /// <param name="yLabel">What is measured, with its unit.</param>
    /// <param name="first">The number of the first value of each series.</param>
    /// <param name="series">The series; a value that is not finite leaves a gap.</param>
    public static Plot CreateLines(
        string title, string xLabel, string yLabel, int first, params IEnumerable<(string Name, IReadOnlyList<double> Values)> series)
    {
        var plot = new Plot();
        foreach (var (name, values) in series)
        {
            var line = plot.Add.Scatter(
                Enumerable.Range(first, values.Count).Select(number => (double)number).ToArray(),
                values.Select(value => double.IsFinite(value) ? value : double.NaN).ToArray());
            line.LegendText = name;
        }

        plot.Title(title);
        plot.XLabel(xLabel);
        plot.YLabel(yLabel);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    /// <summary>Writes plots into one SVG file, one below the other.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="plots">The plots.</param>
    public static void Save(string path, params IReadOnlyList<Plot> plots) => Save(path, plots, columns: 1, PlotWidth, PlotHeight);

    /// <summary>Writes plots into one SVG file, row by row.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="plots">The plots.</param>
    /// <param name="columns">The number of plots side by side.</param>
    /// <param name="plotWidth">The width of a plot in pixels.</param>
    /// <param name="plotHeight">The height of a plot in pixels.</param>
    public static void Save(string path, IReadOnlyList<Plot> plots, int columns, int plotWidth, int plotHeight)
    {
        var rows = (plots.Count + columns - 1) / columns;
        var figure = new Multiplot(plots[0]) { Layout = new ScottPlot.MultiplotLayouts.Grid(rows, columns) };
        foreach (var plot in plots.Skip(1))
            figure.AddPlot(plot);
        var (width, height) = (columns * plotWidth, rows * plotHeight);
        using var stream = File.Create(path);
        using var canvas = SKSvgCanvas.Create(SKRect.Create(width, height), stream);
        figure.Render(canvas, new PixelRect(new PixelSize(width, height)));
    }
}
