namespace MlNetNtd.Benchmarks;

/// <summary>Replaces the section of a Markdown file between two comments that name it.</summary>
internal static class MarkedSection
{
    /// <summary>Writes a text between the comments.</summary>
    /// <exception cref="InvalidOperationException">The file has no such comments.</exception>
    public static void Write(string path, string name, string text)
    {
        var (begin, end) = ($"<!-- begin {name} -->\n", $"<!-- end {name} -->");
        var file = File.ReadAllText(path);
        var first = file.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var last = file.IndexOf(end, StringComparison.Ordinal);
        if (first < begin.Length || last < first)
            throw new InvalidOperationException($"'{path}' does not have the lines '{begin.TrimEnd()}' and '{end}'.");
        File.WriteAllText(path, $"{file[..first]}{text.TrimEnd()}\n{file[last..]}");
    }
}
