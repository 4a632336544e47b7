using System.Text.RegularExpressions;

namespace MlNetNtd.Packages.Tests;

/// <summary>The pages show code that is compiled, output that is printed, and links that lead somewhere.</summary>
[TestClass]
public sealed partial class PageTests
{
    private const int ReadmeWords = 700;

    public static IEnumerable<object[]> Pages => Page.All.Select(page => new object[] { page.Path });

    [TestMethod]
    [DynamicData(nameof(Pages))]
    public void Code_block_stands_in_the_program_that_is_named_above_it(string path)
    {
        foreach (var (line, before, language, content) in Page.Read(path).Blocks())
        {
            if (language is not ("csharp" or "cs" or "c#"))
                continue;
            var source = Source().Match(before);
            Assert.IsTrue(source.Success, $"{path}, line {line}: expected <!-- examples/NN-name.cs --> above the C# block, found '{before}'.");
            Assert.IsNotEmpty(content, $"{path}, line {line}: expected code, found none.");
            var file = source.Groups["file"].Value;
            Assert.IsTrue(File.Exists(Repository.PathOf(file)), $"{path}, line {line}: expected a file of the repository, found '{file}'.");
            if (FindMissing(content, Repository.ReadLines(file)) is { } missing)
                Assert.Fail($"{path}, line {line}: expected the lines of {file}, one after another, found '{missing}'.");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Pages))]
    public void Output_block_is_the_output_that_its_program_promises(string path)
    {
        foreach (var (line, before, _, content) in Page.Read(path).Blocks())
        {
            if (Output().Match(before) is not { Success: true } source)
                continue;
            var program = Repository.ReadLines(source.Groups["file"].Value);
            var promised = program.SkipWhile(code => !code.StartsWith("// Output", StringComparison.Ordinal)).Skip(1)
                .TakeWhile(code => code.StartsWith("//", StringComparison.Ordinal)).Select(code => code[2..].Trim());
            Assert.AreEqual(string.Join('\n', promised), string.Join('\n', content.Select(text => text.Trim())), $"{path}, line {line}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Pages))]
    public void Link_leads_to_a_file_and_to_a_heading_in_it(string path)
    {
        foreach (var text in Page.Read(path).Text())
        {
            foreach (var target in Link().Matches(text).Select(link => link.Groups["target"].Value))
            {
                if (target.Contains("://", StringComparison.Ordinal))
                    continue;
                var (file, anchor) = target.Split('#') is [var name, var heading] ? (name, heading) : (target, null);
                var full = file.Length == 0 ? Repository.PathOf(path) : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.PathOf(path))!, file));
                Assert.IsTrue(File.Exists(full) || Directory.Exists(full), $"{path}: expected a file, found the link '{target}'.");
                if (anchor is not null)
                    Assert.Contains(anchor, Page.Read(full).Anchors(), $"{path}: expected a heading, found the link '{target}'.");
            }
        }
    }

    [TestMethod]
    public void Readme_is_short()
    {
        var words = Page.Read("README.md").Text().Where(line => !line.StartsWith('|')).Sum(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);

        Assert.IsLessThan(ReadmeWords, words);
    }

    // The first line of the longest beginning of a block that the file does not hold; null: it holds all.
    private static string? FindMissing(string[] block, string[] file)
    {
        var longest = 0;
        for (var start = 0; start < file.Length; start++)
        {
            var length = 0;
            while (length < block.Length && start + length < file.Length && block[length].Trim() == file[start + length].Trim())
                length++;
            if (length == block.Length)
                return null;
            longest = Math.Max(longest, length);
        }

        return block[longest];
    }

    [GeneratedRegex(@"^<!-- (?<file>\S+\.cs) -->$")]
    private static partial Regex Source();

    [GeneratedRegex(@"^<!-- output of (?<file>\S+\.cs) -->$")]
    private static partial Regex Output();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
