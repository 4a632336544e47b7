using System.Text.RegularExpressions;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>Splits text into words in lower case and punctuation marks, each a token.</summary>
internal static partial class WordSplitter
{
    public static IEnumerable<string> Split(string text) => Words().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    [GeneratedRegex(@"[a-z]+('[a-z]+)*|[0-9]+|[.,;:?!]", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
