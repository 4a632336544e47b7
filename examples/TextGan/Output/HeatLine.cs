using Spectre.Console;

namespace MlNetNtd.Examples.TextGan;

/// <summary>A text with a score per token: coloured backgrounds in a terminal, numbers elsewhere.</summary>
internal static class HeatLine
{
    private const int LegendSteps = 10;

    /// <param name="screen">Where to.</param>
    /// <param name="tokens">The tokens, each with the probability that it is the text's own.</param>
    public static void Print(Screen screen, IReadOnlyList<(string Token, double Probability)> tokens)
    {
        if (screen.IsPlain)
        {
            screen.Line("score  token (0: takes it for generated, 1: takes it for true)");
            foreach (var (token, probability) in tokens)
                screen.Line($"{Screen.Number(probability)}  {token}");
            return;
        }

        var line = new Paragraph();
        foreach (var (token, probability) in tokens)
        {
            line.Append(token, Style(probability));
            line.Append(" ");
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
        return legend.Append(" 1 taken for true");
    }

    private static Style Style(double probability) => new(Color.Black, HeatColor.Of(probability));
}
