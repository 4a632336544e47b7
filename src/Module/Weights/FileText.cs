using System.Globalization;
using System.Text;

namespace MlNetNtd;

/// <summary>Text that comes from a file, for messages: it is anybody's, of any length, and may hold what a terminal obeys.</summary>
internal static class FileText
{
    private const int MostCharacters = 200;
    private const int MostNames = 10;

    /// <summary>The text, with characters that are not printed written as <c>\u001B</c>, and cut where it is long.</summary>
    /// <param name="text">Any.</param>
    /// <param name="most">The most characters that are taken from it.</param>
    public static string Shown(string text, int most = MostCharacters)
    {
        var end = text.Length <= most ? text.Length : most;
        // A pair of surrogates is one character.
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        var shown = new StringBuilder(end);
        for (var i = 0; i < end; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < end && char.IsLowSurrogate(text[i + 1]))
                shown.Append(text[i]).Append(text[++i]);
            else if (IsPrinted(text[i]))
                shown.Append(text[i]);
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
        }

        return end < text.Length ? shown.Append("...").ToString() : shown.ToString();
    }

    /// <summary>Names in quotes, the first of them where they are many.</summary>
    public static string List(IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => "none",
        <= MostNames => string.Join(", ", names.Select(Quoted)),
        _ => $"{string.Join(", ", names.Take(MostNames).Select(Quoted))} and {names.Count - MostNames} more",
    };

    private static string Quoted(string name) => $"'{Shown(name)}'";

    // Format characters turn the direction of what follows.
    private static bool IsPrinted(char character) => char.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
