namespace MlNetNtd.Examples.Quickstart;

/// <summary>Draws a mask with characters: a line a query, a column a key.</summary>
internal static class MaskPicture
{
    /// <summary>The most tokens whose picture is no wider than a terminal.</summary>
    public const int MaxTokens = 10;

    public const char Attend = 'o';
    public const char Blocked = '.';

    private const int WordWidth = 10;
    private const int LabelWidth = 26;
    private const string Gap = "   ";

    /// <summary>The lines of the picture: legend, axes, one line a query.</summary>
    /// <param name="mask">(2T, 2T) values, row-major (query, key), <c>true</c> = may not attend.</param>
    /// <param name="words">The T tokens.</param>
    /// <exception cref="ArgumentException">The mask and the words do not fit each other, or T is too large.</exception>
    public static IEnumerable<string> Draw(bool[] mask, IReadOnlyList<string> words)
    {
        var tokens = words.Count;
        if (tokens is < 1 or > MaxTokens)
            throw new ArgumentException($"Expected 1 to {MaxTokens} tokens, found {tokens}.", nameof(words));
        if (mask.Length != 4 * tokens * tokens)
            throw new ArgumentException($"Expected {4 * tokens * tokens} values, found {mask.Length}.", nameof(mask));
        return Lines(mask, words);
    }

    private static IEnumerable<string> Lines(bool[] mask, IReadOnlyList<string> words)
    {
        var side = 2 * words.Count;
        yield return $"{Attend} = the query attends the key (false in the mask)   {Blocked} = blocked (true)";
        yield return "";
        yield return Line("", "context keys".PadRight(3 * words.Count), "candidate keys");
        yield return Line("query \\ key", Numbers(0, words.Count), Numbers(words.Count, words.Count));
        for (var query = 0; query < side; query++)
        {
            if (query == words.Count)
                yield return "";
            yield return Line(
                $"{query,2} {Label(query, words)}",
                Cells(mask.AsSpan(query * side, words.Count)),
                Cells(mask.AsSpan(query * side + words.Count, words.Count)));
        }
    }

    // What stands at a position of the combined sequence.
    private static string Label(int position, IReadOnlyList<string> words) => position switch
    {
        0 => "init",
        _ when position < words.Count => $"true \"{TextWidth.Fit(words[position - 1], WordWidth)}\"",
        _ => $"predicted \"{TextWidth.Fit(words[position - words.Count], WordWidth)}\"",
    };

    private static string Line(string label, string context, string candidates) =>
        $"{TextWidth.Pad(label, LabelWidth)}{context}{Gap}{candidates}".TrimEnd();

    private static string Numbers(int first, int count) =>
        string.Concat(Enumerable.Range(first, count).Select(number => $"{number,3}"));

    private static string Cells(ReadOnlySpan<bool> values)
    {
        var cells = new System.Text.StringBuilder();
        foreach (var blocked in values)
            cells.Append("  ").Append(blocked ? Blocked : Attend);
        return cells.ToString();
    }
}
