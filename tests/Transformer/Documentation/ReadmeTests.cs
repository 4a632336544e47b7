using System.Text.RegularExpressions;

namespace MlNetNtd.Tests;

/// <summary>The mask picture in README.md matches the code.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    [TestMethod]
    public void Picture_of_the_mask_is_the_mask_of_four_tokens()
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

    private static string Read(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MlNetNtd.sln")))
            folder = folder.Parent!;
        return File.ReadAllText(Path.Combine(folder.FullName, path)).ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"^(context|candidate| )\s+\d  (?<marks>([o.] +){7}[o.])$", RegexOptions.Multiline)]
    private static partial Regex PictureRow();
}
