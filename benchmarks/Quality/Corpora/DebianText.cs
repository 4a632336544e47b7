using System.ComponentModel;
using System.Diagnostics;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>A public text that a Debian package installs. Nothing of it is in the repository.</summary>
/// <param name="Name">The name in tables and flags.</param>
/// <param name="Package">The package to install.</param>
/// <param name="Title">The text, for the report.</param>
/// <param name="Read">Reads the documents from the package's files.</param>
internal sealed partial record DebianText(string Name, string Package, string Title, Func<IReadOnlyList<string>, IEnumerable<IEnumerable<string>>> Read)
{
    /// <summary>
    /// Three texts of different kinds, each of more than 900,000 tokens: scripture of a small vocabulary and strict style, modern prose, and
    /// short dictionary definitions.
    /// </summary>
    public static IReadOnlyList<DebianText> All { get; } =
    [
        new("kjv", "bible-kjv", "King James Version of the Bible, documents are chapters", ReadBible),
        new("anarchism", "anarchism", "An Anarchist FAQ, documents are pages", ReadFaq),
        new("wordnet", "wordnet-base", "definitions and examples of WordNet 3.0, documents are 100 definitions", ReadWordNet),
    ];

    /// <summary>Reads the text, or returns null where its package is not installed.</summary>
    public Corpus? TryLoad() =>
        FindFiles() is { } files ? new Corpus(Name, [.. Read(files).Select(words => words.ToArray()).Where(words => words.Length > 0)]) : null;

    // The files of the package, or null without the package (or without dpkg).
    private List<string>? FindFiles()
    {
        try
        {
            var (exitCode, output) = Execute("dpkg", "-L", Package);
            return exitCode == 0 ? [.. output.Split('\n').Where(File.Exists)] : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static (int ExitCode, string Output) Execute(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        // Reading one stream to its end while the other fills up would block the process.
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = errors.Result;
        return (process.ExitCode, output);
    }
}
