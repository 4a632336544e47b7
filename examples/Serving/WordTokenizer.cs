using System.Text.RegularExpressions;

namespace MlNetNtd.Serving;

/// <summary>Splits a text into tokens: words, numbers, and the punctuation marks . , ; : ! ? Other characters are skipped.</summary>
/// <remarks>Training and serving must split alike: examples/WordModel compiles this file too.</remarks>
internal static partial class WordTokenizer
{
    /// <summary>Splits a text.</summary>
    /// <returns>The tokens in lower case, and where each stands in the text.</returns>
    public static List<Token> Tokenize(string text)
    {
        var tokens = new List<Token>();
        foreach (var match in Pattern.EnumerateMatches(text))
        {
            // A typographic apostrophe is the same word as a plain one.
            var word = text.Substring(match.Index, match.Length).Replace('’', '\'').ToLowerInvariant();
            tokens.Add(new Token(word, match.Index, match.Length));
        }

        return tokens;
    }

    // Apostrophes and hyphens inside a word belong to it: don't, waistcoat-pocket.
    [GeneratedRegex(@"[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*|\p{Nd}+|[.,;:!?]")]
    private static partial Regex Pattern { get; }
}

/// <summary>A token of a text.</summary>
/// <param name="Word">The word as the vocabulary spells it.</param>
/// <param name="Start">The index of its first character (UTF-16).</param>
/// <param name="Length">The number of its characters.</param>
internal readonly record struct Token(string Word, int Start, int Length);
