using System.Net;
using System.Text.RegularExpressions;

namespace MlNetNtd.Benchmarks.Quality;

internal sealed partial record DebianText
{
    private const int DefinitionsInDocument = 100;

    // The text lies compressed in bible-kjv-text, in a format of its own. The program of bible-kjv prints it: "Ge1:1 In the beginning".
    private static IEnumerable<IEnumerable<string>> ReadBible(IReadOnlyList<string> files)
    {
        var program = files.FirstOrDefault(file => Path.GetFileName(file) == "bible" && file.Contains("/bin/", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("bible-kjv: expected a program bin/bible among the package's files, found none.");
        var (exitCode, output) = Execute(program, "-f", "gen1:1-rev22:21");
        if (exitCode != 0)
            throw new InvalidOperationException($"{program} -f gen1:1-rev22:21: expected exit code 0, found {exitCode}.");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .GroupBy(line => line[0].Split(':')[0], line => line[^1])
            .Select(chapter => chapter.SelectMany(WordSplitter.Split));
    }

    private static IEnumerable<IEnumerable<string>> ReadFaq(IReadOnlyList<string> files) => files
        .Where(file => FaqSection().IsMatch(file))
        .Order(StringComparer.Ordinal)
        .Select(file => WordSplitter.Split(WebUtility.HtmlDecode(Tag().Replace(File.ReadAllText(file), " "))));

    // Each line of a data file is a synset; behind a bar stand its definition and examples.
    private static IEnumerable<IEnumerable<string>> ReadWordNet(IReadOnlyList<string> files) => files
        .Where(file => Path.GetFileName(file) is "data.noun" or "data.verb" or "data.adj" or "data.adv")
        .Order(StringComparer.Ordinal)
        .SelectMany(file => File.ReadLines(file).Select(line => line.Split('|', 2)).Where(parts => parts.Length == 2).Select(parts => $"{parts[1]} ."))
        .Chunk(DefinitionsInDocument)
        .Select(definitions => definitions.SelectMany(WordSplitter.Split));

    [GeneratedRegex(@"/html/(sec|append)\w+\.html$", RegexOptions.CultureInvariant)]
    private static partial Regex FaqSection();

    [GeneratedRegex("<[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
