using System.Globalization;
using System.Text;

namespace MlNetNtd.Tool;

/// <summary>Draws the attention mask of T tokens.</summary>
internal static class MaskDrawing
{
    private const int Cell = 24;
    private const int Margin = 112;
    private const int Gap = 8;

    /// <summary>Draws it as text: a line for each query, a column for each key, "o" where the query attends the key.</summary>
    public static string DrawText(int tokens)
    {
        var width = (tokens - 1).ToString(CultureInfo.InvariantCulture).Length;
        var text = new StringBuilder();
        var keys = string.Join(' ', Enumerable.Range(0, tokens).Select(i => $" {Pad(i)}"));
        var label = "candidate ".Length + width;
        text.Append(' ', label).Append("  ").Append("context".PadRight(keys.Length + 3)).AppendLine("candidates");
        text.Append(' ', label).Append(' ').Append(keys).Append("   ").AppendLine(keys);
        for (var query = 0; query < 2 * tokens; query++)
        {
            var name = query < tokens ? "context  " : "candidate";
            text.Append(name).Append(' ').Append(Pad(query % tokens)).Append(' ');
            for (var key = 0; key < 2 * tokens; key++)
            {
                text.Append(key == tokens ? "    " : key > 0 ? "  " : " ");
                text.Append((NextTokenMask.IsBlocked(query, key, tokens) ? "." : "o").PadLeft(width));
            }

            text.AppendLine();
        }

        return text.ToString();

        string Pad(int number) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width);
    }

    /// <summary>Draws it as SVG.</summary>
    public static string DrawSvg(int tokens)
    {
        var size = Margin + 2 * tokens * Cell + 2 * Gap;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"  <title>The attention mask of {tokens} tokens: a filled cell is a key (column) that the query (row) attends</title>");
        svg.AppendLine("""  <rect width="100%" height="100%" fill="white"/>""");
        for (var half = 0; half < 2; half++)
        {
            var name = half == 0 ? "context" : "candidates";
            var middle = Place(half * tokens, tokens) + tokens * Cell / 2;
            svg.AppendLine(CultureInfo.InvariantCulture, $"""  <text x="{middle}" y="{Margin - 32}" text-anchor="middle">{name}</text>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""  <text x="{Margin - 32}" y="{middle}" text-anchor="end">{name}</text>""");
        }

        for (var query = 0; query < 2 * tokens; query++)
        {
            var y = Place(query, tokens);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""  <text x="{Margin - 8}" y="{y + 16}" text-anchor="end">{query % tokens}</text>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""  <text x="{y + Cell / 2}" y="{Margin - 8}" text-anchor="middle">{query % tokens}</text>""");
            for (var key = 0; key < 2 * tokens; key++)
            {
                var fill = NextTokenMask.IsBlocked(query, key, tokens) ? "#eceff4" : key < tokens ? "#3b6ea8" : "#c2683c";
                svg.AppendLine(CultureInfo.InvariantCulture, $"""  <rect x="{Place(key, tokens) + 1}" y="{y + 1}" width="{Cell - 2}" height="{Cell - 2}" fill="{fill}"/>""");
            }
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static int Place(int index, int tokens) => Margin + index * Cell + (index < tokens ? 0 : Gap);
}
