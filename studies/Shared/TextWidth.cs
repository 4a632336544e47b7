using System.Text;

namespace MlNetNtd.Examples;

/// <summary>How many columns of a terminal a text takes, which for some scripts is not its number of characters.</summary>
internal static class TextWidth
{
    private const string Dots = "...";

    /// <summary>The columns of a text; where terminals disagree, those of the widest.</summary>
    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    /// <summary>A text in at most so many columns; an end that does not fit becomes three dots.</summary>
    public static string Fit(string text, int width)
    {
        if (Of(text) <= width)
            return text;

        var kept = new StringBuilder();
        var left = width - Dots.Length;
        foreach (var rune in text.EnumerateRunes())
        {
            left -= Of(rune);
            if (left < 0)
                break;
            kept.Append(rune);
        }

        return kept.Append(Dots).ToString();
    }

    /// <summary>A path in at most so many columns; a beginning that does not fit becomes three dots.</summary>
    public static string FitPath(string path, int width)
    {
        if (Of(path) <= width)
            return path;

        var start = 0;
        while (Of(path[start..]) > width - Dots.Length)
            start += char.IsSurrogatePair(path, start) ? 2 : 1;
        return Dots + path[start..];
    }

    /// <summary>A text with blanks behind it up to so many columns.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Of(text)));

    // Terminals draw these blocks two columns wide: East Asian scripts, full-width forms, emoji.
    private static int Of(Rune rune) => rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2600 and <= 0x27BF)
        or (>= 0x2E80 and <= 0xA4CF) or (>= 0xA960 and <= 0xA97F) or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE10 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60)
        or (>= 0xFFE0 and <= 0xFFE6) or >= 0x10000 ? 2 : 1;
}
