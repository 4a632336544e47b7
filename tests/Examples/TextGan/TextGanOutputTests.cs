using System.Globalization;
using System.Xml.Linq;
using MlNetNtd.Examples.TextGan;
using Spectre.Console;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TextGanOutputTests
{
    [TestMethod]
    public void Curves_are_well_formed_and_every_finite_value_has_its_place_in_its_panel()
    {
        var svg = XDocument.Parse(SvgChart.Draw(
        [
            new MlNetNtd.Examples.Panel("a < b & c", [new Series("x", [1, 3, 2]), new Series("y", [double.NaN, 5])]),
            new MlNetNtd.Examples.Panel("single", [new Series("z", [7])]),
        ]));
        var name = svg.Root!.Name.Namespace;
        var dots = svg.Descendants(name + "circle").ToArray();

        Assert.HasCount(5, dots);
        Assert.HasCount(3, svg.Descendants(name + "polyline"));
        Assert.Contains("a < b & c", svg.Descendants(name + "text").Select(text => text.Value));
        double[] heights = [.. dots.Select(dot => double.Parse(dot.Attribute("cy")!.Value, CultureInfo.InvariantCulture))];
        // Upwards on the page is down in numbers: of 1, 3, 2, 5 the 5 is on top.
        Assert.IsGreaterThan(heights[2], heights[0]);
        Assert.IsGreaterThan(heights[1], heights[2]);
        Assert.IsGreaterThan(heights[3], heights[1]);
        Assert.IsTrue(heights[..4].All(height => height is > 0 and < 240));
        Assert.IsInRange(240.0, 480.0, heights[4]);
    }

    [TestMethod]
    public void The_heat_line_is_coloured_in_a_terminal_and_has_a_legend()
    {
        using var output = new StringWriter();
        var terminal = new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.TrueColor,
            Interactive = InteractionSupport.No,
        };
        HeatLine.Print(new Screen(output, plain: false, terminal), [("bad", 0), ("good", 1), ("[odd]", 0.5)]);

        var (low, high) = (HeatColor.Of(0), HeatColor.Of(1));
        Assert.Contains($"48;2;{low.R};{low.G};{low.B}mbad", output.ToString());
        Assert.Contains($"48;2;{high.R};{high.G};{high.B}mgood", output.ToString());
        Assert.Contains("[odd]", output.ToString());
        Assert.Contains("taken for generated", output.ToString());
    }

    [TestMethod]
    public void Elsewhere_the_heat_line_is_numbers()
    {
        using var output = new StringWriter();
        HeatLine.Print(new Screen(output, plain: true), [("bad", 0), ("good", 1), ("[odd]", 0.5)]);

        string[] lines = output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        CollectionAssert.AreEqual(new[] { "0.000  bad", "1.000  good", "0.500  [odd]" }, lines[1..]);
        Assert.DoesNotContain("\u001b", output.ToString());
    }

    [TestMethod]
    public void Colours_go_from_one_end_to_the_other_and_no_further()
    {
        Assert.AreEqual(HeatColor.Of(0), HeatColor.Of(-1));
        Assert.AreEqual(HeatColor.Of(1), HeatColor.Of(2));
        Assert.HasCount(5, new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(HeatColor.Of).Distinct());
    }
}
