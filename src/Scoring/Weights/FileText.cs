using System.Globalization;
using System.Text;

namespace MlNetNtd;

/// <summary>
/// Formats text from a file for messages. Such text is untrusted: it may have any length and contain terminal control characters.
/// </summary>
internal static class FileText
{
    private const int MaxCharacters = 200;
    private const int MaxNames = 10;

    /// <summary>Escapes characters that do not print as <c>\u001B</c>, and truncates long text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxCharacters">The maximum number of characters taken from the text.</param>
    public static string Shown(string text, int maxCharacters = MaxCharacters)
    {
        var end = text.Length <= maxCharacters ? text.Length : maxCharacters;
        // A surrogate pair is one character.
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

    /// <summary>Formats names in quotes; of a long list, the first ones and a count of the rest.</summary>
    public static string List(IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => "none",
        <= MaxNames => string.Join(", ", names.Select(Quoted)),
        _ => $"{string.Join(", ", names.Take(MaxNames).Select(Quoted))} and {names.Count - MaxNames} more",
    };

    private static string Quoted(string name) => $"'{Shown(name)}'";

    // Format characters can reverse the direction of the text behind them.
    private static bool IsPrinted(char character) => char.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
