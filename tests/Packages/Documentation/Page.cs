using System.Text.RegularExpressions;

namespace MlNetNtd.Packages.Tests;

/// <summary>A page of Markdown in the repository.</summary>
/// <param name="Path">From the repository's root, with slashes.</param>
/// <param name="Lines">Its lines.</param>
internal sealed partial record Page(string Path, string[] Lines)
{
    /// <summary>The pages that users read: README, docs/ and the packages' own.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        Read("README.md"),
        .. Files("docs", "*.md", SearchOption.AllDirectories),
        .. Directory.EnumerateDirectories(Repository.PathOf("src")).Order(StringComparer.Ordinal)
            .SelectMany(folder => Files($"src/{System.IO.Path.GetFileName(folder)}", "README.md", SearchOption.TopDirectoryOnly)),
    ];

    /// <summary>Reads a page.</summary>
    /// <param name="path">From the repository's root.</param>
    public static Page Read(string path) => new(path, Repository.ReadLines(path));

    /// <summary>The fenced blocks, each with the line before it.</summary>
    public IEnumerable<(int Line, string Before, string Language, string[] Content)> Blocks()
    {
        for (var i = 0; i < Lines.Length; i++)
        {
            if (!IsFence(Lines[i]))
                continue;
            var end = Array.FindIndex(Lines, i + 1, IsFence);
            Assert.IsGreaterThan(i, end, $"{Path}, line {i + 1}: expected a closing ```, found none.");
            yield return (i + 1, i == 0 ? "" : Lines[i - 1].Trim(), Lines[i].Trim()[3..].Trim(), Lines[(i + 1)..end]);
            i = end;
        }
    }

    /// <summary>The lines outside fenced blocks.</summary>
    public IEnumerable<string> Text()
    {
        var isCode = false;
        foreach (var line in Lines)
        {
            var isFence = IsFence(line);
            if (!isFence && !isCode)
                yield return line;
            isCode ^= isFence;
        }
    }

    /// <summary>The anchors of the headings, as GitHub makes them.</summary>
    public IEnumerable<string> Anchors() => Text()
        .Where(line => line.StartsWith('#'))
        .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    public override string ToString() => Path;

    private static IEnumerable<Page> Files(string folder, string pattern, SearchOption depth) =>
        Directory.EnumerateFiles(Repository.PathOf(folder), pattern, depth).Order(StringComparer.Ordinal)
            .Select(file => Read(System.IO.Path.GetRelativePath(Repository.PathOf(""), file).Replace('\\', '/')));

    private static bool IsFence(string line) => line.TrimStart().StartsWith("```", StringComparison.Ordinal);

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
