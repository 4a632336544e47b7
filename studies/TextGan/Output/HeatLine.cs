using Spectre.Console;

namespace MlNetNtd.Examples.TextGan;

/// <summary>A text with a score beside each word; in a terminal, coloured by it too.</summary>
internal static class HeatLine
{
    private const int LegendSteps = 10;
    private const string Unknown = "  -  ";

    /// <param name="screen">Where to.</param>
    /// <param name="words">The words, each with the probability that it is a text's own; null: the model does not know the word.</param>
    public static void Print(Screen screen, IReadOnlyList<(string Word, double? Probability)> words)
    {
        if (screen.IsPlain)
        {
            screen.Line("score  word (0: takes it for generated, 1: takes it for true, -: unknown)");
            foreach (var (word, probability) in words)
                screen.Line($"{Number(probability)}  {word}{(probability is null ? "  (unknown)" : "")}");
        }
        else
        {
            PrintColoured(screen, words);
        }

        double[] known = [.. words.Where(word => word.Probability is not null).Select(word => word.Probability!.Value)];
        var mean = known.Length == 0 ? "no word is known, so there is nothing to score" : $"mean {Screen.Number(known.Average())}";
        screen.Line($"{mean}; {known.Length} of {Counted.Of(words.Count, "word")} {(known.Length == 1 ? "is" : "are")} known, unknown ones count for nothing");
    }

    private static void PrintColoured(Screen screen, IReadOnlyList<(string Word, double? Probability)> words)
    {
        var line = new Paragraph();
        foreach (var (word, probability) in words)
        {
            line.Append($"{word} {Number(probability).Trim()}", probability is { } known ? Style(known) : new Style(decoration: Decoration.Dim | Decoration.Strikethrough));
            line.Append("  ");
        }

        screen.Console.Write(line);
        screen.Console.WriteLine();
        screen.Console.WriteLine();
        screen.Console.Write(Legend());
        screen.Console.WriteLine();
    }

    private static Paragraph Legend()
    {
        var legend = new Paragraph("taken for generated 0 ");
        for (var i = 0; i <= LegendSteps; i++)
            legend.Append("  ", Style((double)i / LegendSteps));
        return legend.Append(" 1 taken for true; struck through: unknown");
    }

    private static string Number(double? probability) => probability is { } known ? Screen.Number(known) : Unknown;

    private static Style Style(double probability) => new(Color.Black, HeatColor.Of(probability));
}
