namespace MlNetNtd.Tool;

/// <summary>Finds the input files that the command line names.</summary>
internal static class InputFiles
{
    private static readonly char[] Wildcards = ['*', '?'];

    /// <summary>Lists the files of paths and patterns, each once, in the order of their names.</summary>
    /// <param name="patterns">Paths, or patterns with * and ? in the file name.</param>
    /// <exception cref="ToolException">A pattern matches no file.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> patterns)
    {
        if (patterns is [TableFile.Standard])
            return patterns;
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            if (pattern == TableFile.Standard)
                throw new ToolException("Expected standard input, '-', as the only input, found other inputs beside it.");
            // A file whose name has a wildcard is itself.
            if (pattern.IndexOfAny(Wildcards) < 0 || File.Exists(pattern))
                files.Add(pattern);
            else
                files.UnionWith(Match(pattern));
        }

        return [.. files];
    }

    private static string[] Match(string pattern)
    {
        var folder = Path.GetDirectoryName(pattern) ?? "";
        if (folder.IndexOfAny(Wildcards) >= 0)
            throw new ToolException($"{pattern}: expected * and ? in the file name only, found one in the folder.");
        string[] matches = Directory.Exists(folder.Length == 0 ? "." : folder)
            ? [.. Directory.EnumerateFiles(folder.Length == 0 ? "." : folder, Path.GetFileName(pattern), MatchOptions).Select(file => Path.Combine(folder, Path.GetFileName(file)))]
            : [];
        return matches.Length > 0 ? matches : throw new ToolException($"{pattern}: expected at least one file, found none.");
    }

    // As a shell matches: case counts, and * does not match a hidden file.
    private static EnumerationOptions MatchOptions => new()
    {
        MatchType = MatchType.Simple,
        MatchCasing = OperatingSystem.IsWindows() ? MatchCasing.CaseInsensitive : MatchCasing.CaseSensitive,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
    };
}
