using System.Text.RegularExpressions;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Cuts a text into tokens: words, numbers and punctuation, in lower case.</summary>
internal static partial class Tokenizer
{
    /// <summary>The tokens of a text, in order. Spaces and control characters make none.</summary>
    public static IEnumerable<string> Tokenize(string text)
    {
        foreach (Match match in Token().Matches(text))
            yield return match.Value.ToLowerInvariant();
    }

    // A word may hold apostrophes and hyphens, but neither begins nor ends with one ("don't", "rabbit-hole").
    // Characters of two UTF-16 units (emoji, rare scripts) stay whole. A sign repeated is one token ("--", "...").
    [GeneratedRegex(@"[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*|\p{Nd}+|[\uD800-\uDBFF][\uDC00-\uDFFF]|([^\s\p{C}])\1*")]
    private static partial Regex Token();
}
