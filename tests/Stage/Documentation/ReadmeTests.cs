using System.Reflection;
using System.Text.RegularExpressions;

namespace MlNetNtd.Tests;

/// <summary>What the README says of the code is what the code says.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    [TestMethod]
    public void Its_sample_is_the_program_that_is_built_in_examples_ReadmeSample() => Assert.AreEqual(
        Read("examples/ReadmeSample/Program.cs").Trim(), CSharpBlock().Match(Read("README.md")).Groups["code"].Value.Trim());

    [TestMethod]
    public void Its_table_of_options_has_every_option_with_its_default()
    {
        var rows = OptionRow().Matches(Read("README.md")).ToDictionary(row => row.Groups["name"].Value, row => row.Groups["default"].Value.Trim('`'));
        var defaults = new NextTokenDiscriminatorEstimator.Options();
        var options = typeof(NextTokenDiscriminatorEstimator.Options).GetProperties(BindingFlags.Public | BindingFlags.Instance);

        CollectionAssert.AreEquivalent(options.Select(option => option.Name).ToArray(), rows.Keys.ToArray());
        foreach (var option in options)
            Assert.AreEqual(Text(option.GetValue(defaults)), rows[option.Name], option.Name);
    }

    [TestMethod]
    public void Its_picture_of_the_mask_is_the_mask_of_four_tokens()
    {
        // A row of the picture: who, its time, four marks, four marks.
        var rows = PictureRow().Matches(Read("README.md"));

        Assert.HasCount(8, rows);
        for (var query = 0; query < 8; query++)
        {
            var marks = rows[query].Groups["marks"].Value.Replace(" ", "", StringComparison.Ordinal);
            for (var key = 0; key < 8; key++)
                Assert.AreEqual(Reference.IsBlocked(query, key, 4) ? '.' : 'o', marks[key], $"query {query}, key {key}");
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        _ => $"{value}",
    };

    private static string Read(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MlNetNtd.sln")))
            folder = folder.Parent!;
        return File.ReadAllText(Path.Combine(folder.FullName, path)).ReplaceLineEndings("\n");
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"^\| `(?<name>[A-Z]\w+)` \| (?<default>`\w+`|null|true|false) \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"^(context|candidate| )\s+\d  (?<marks>([o.] +){7}[o.])$", RegexOptions.Multiline)]
    private static partial Regex PictureRow();
}
