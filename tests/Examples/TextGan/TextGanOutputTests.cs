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
        Assert.IsTrue(heights[..4].All(height => height is > 0 and < 260));
        Assert.IsInRange(260.0, 520.0, heights[4]);
    }

    [TestMethod]
    public void Axes_are_named_counted_from_where_the_panel_says_and_levels_lie_among_the_values()
    {
        var svg = XDocument.Parse(SvgChart.Draw(
        [
            new MlNetNtd.Examples.Panel("rounds", [new Series("x", [1, 3])]) { XName = "round", YName = "nats", First = 0, Levels = [new Level("chance", 2)] },
        ]));
        var name = svg.Root!.Name.Namespace;
        string[] texts = [.. svg.Descendants(name + "text").Select(text => text.Value)];
        double[] heights = [.. svg.Descendants(name + "circle").Select(dot => double.Parse(dot.Attribute("cy")!.Value, CultureInfo.InvariantCulture))];
        var level = svg.Descendants(name + "path").Single(path => path.Attribute("stroke-dasharray") is not null).Attribute("d")!.Value;
        var height = double.Parse(level.Split(' ')[1].Split('H')[0], CultureInfo.InvariantCulture);

        foreach (var text in (string[])["round", "nats", "chance", "0", "1"])
            Assert.Contains(text, texts);
        Assert.AreEqual((heights[0] + heights[1]) / 2, height, 0.2);
    }

    [TestMethod]
    public void The_heat_line_has_colours_and_numbers_in_a_terminal_and_marks_what_is_unknown()
    {
        using var output = new StringWriter();
        var terminal = new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.TrueColor,
            Interactive = InteractionSupport.No,
        };
        HeatLine.Print(new Screen(output, plain: false, terminal), [("bad", 0), ("good", 1), ("[odd]", 0.5), ("zxqv", null)]);

        var (low, high) = (HeatColor.Of(0), HeatColor.Of(1));
        Assert.Contains($"48;2;{low.R};{low.G};{low.B}mbad 0.000", output.ToString());
        Assert.Contains($"48;2;{high.R};{high.G};{high.B}mgood 1.000", output.ToString());
        Assert.Contains("[odd] 0.500", output.ToString());
        Assert.Contains("zxqv -", output.ToString());
        Assert.Contains("taken for generated", output.ToString());
        Assert.Contains("mean 0.500; 3 of 4 words are known", output.ToString());
    }

    [TestMethod]
    public void Elsewhere_the_heat_line_is_numbers_and_unknown_words_count_for_nothing()
    {
        using var output = new StringWriter();
        HeatLine.Print(new Screen(output, plain: true), [("bad", 0), ("zxqv", null), ("good", 1)]);

        string[] lines = output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        CollectionAssert.AreEqual(new[] { "0.000  bad", "  -    zxqv  (unknown)", "1.000  good" }, lines[1..^1]);
        Assert.StartsWith("mean 0.500; 2 of 3", lines[^1]);
        Assert.DoesNotContain("\u001b", output.ToString());
    }

    [TestMethod]
    public void Of_unknown_words_alone_there_is_no_mean()
    {
        using var output = new StringWriter();
        HeatLine.Print(new Screen(output, plain: true), [("zxqv", null), ("blorp", null)]);

        Assert.Contains("no word is known", output.ToString());
        Assert.DoesNotContain("NaN", output.ToString());
    }

    [TestMethod]
    public void Colours_go_from_one_end_to_the_other_and_no_further()
    {
        Assert.AreEqual(HeatColor.Of(0), HeatColor.Of(-1));
        Assert.AreEqual(HeatColor.Of(1), HeatColor.Of(2));
        Assert.HasCount(5, new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(HeatColor.Of).Distinct());
    }
}
