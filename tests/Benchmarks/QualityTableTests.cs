using System.Globalization;
using System.Text;
using MlNetNtd.Benchmarks.Quality;

namespace MlNetNtd.Tests;

/// <summary>The benchmark of quality on a small text of the tests' own.</summary>
[TestClass]
public sealed class QualityTableTests
{
    // Each noun has its own verb, so pairs of words tell real tokens from words of other positions.
    private static readonly string[] Sentences =
        ["a cat sees the road .", "the dog finds a house .", "a horse leaves the garden .", "one child reads every book .", "each bird sings no song ."];

    [TestMethod]
    public void Every_contender_has_its_line_and_the_trees_find_the_pairs()
    {
        var text = Path.GetTempFileName();
        try
        {
            File.WriteAllText(text, CreateText());
            var console = new StringWriter(CultureInfo.InvariantCulture);
            var table = QualityTable.Run(console, QualityOptions.Parse(
                ["--text", text, "--candidates", "positions", "--rows", "200", "--test-rows", "100", "--seeds", "1,2", "--vocabulary", "40", "--dimension", "8",
                    "--window", "8", "--options", """{"Epochs":1}"""]));

            var lines = table.Split('\n').Where(line => line.Contains("| positions |", StringComparison.Ordinal)).ToList();
            foreach (var contender in (string[])["discriminator", "discriminator; 10 draws", "discriminator; n-gram features", "log-ratio", "Lbfgs", "FastTree", "LightGbm", "LightGbm; token scores"])
                Assert.AreEqual(2, lines.Count(line => line.Contains($"| {contender} |", StringComparison.Ordinal)), $"{contender}:\n{table}");
            Assert.IsTrue(
                lines.Count(line => line.Contains("| PyTorch twin |", StringComparison.Ordinal)) == 2
                || console.ToString().Contains("PyTorch twin is skipped: it needs PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread).", StringComparison.Ordinal),
                console.ToString());
            Assert.IsGreaterThan(0.75, ReadAuc(lines, "FastTree"));
            Assert.IsGreaterThan(0.75, ReadAuc(lines, "log-ratio"));
        }
        finally
        {
            File.Delete(text);
        }
    }

    [TestMethod]
    [DataRow("--text", "expected a value, found none", DisplayName = "A flag without its value")]
    [DataRow("--rows many", "--rows: expected a whole number of at least 2, found many", DisplayName = "A number that is none")]
    [DataRow("--texts kjv,luther", "--texts: expected names of kjv, anarchism, wordnet, found luther", DisplayName = "An unknown text")]
    [DataRow("--depth 3", "found --depth", DisplayName = "An unknown flag")]
    public void Wrong_flag_is_named(string arguments, string expected)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => QualityOptions.Parse(arguments.Split(' ')));

        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void Candidates_of_a_task_are_the_same_in_embeddings_and_ids()
    {
        var split = new TextSplit(new Corpus("tests", [.. CreateText().Split("\n\n").Select(document => WordSplitter.Split(document).ToArray())]), 40);
        var models = new TextModels(split, 8);
        var task = new QualityTask(split, models, "bigram", rows: 100, testRows: 50, windowTokens: 8, seed: 3);

        var rows = Microsoft.ML.Data.ColumnCursorExtensions.GetColumn<float[]>(task.CreateTrainingView(), "CurrentEmbeddings").ToList();

        Assert.HasCount(100, rows);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var t = 0; t < task.WindowTokens; t++)
            {
                var embedding = models.Embeddings[task.TrainingRows.Candidates[row][t]];
                Assert.IsTrue(embedding.SequenceEqual(rows[row].AsSpan(t * embedding.Length, embedding.Length)), $"row {row}, token {t}");
            }
        }
    }

    private static string CreateText()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        for (var document = 0; document < 60; document++)
        {
            for (var sentence = 0; sentence < 8; sentence++)
                text.Append(Sentences[random.Next(Sentences.Length)]).Append(' ');
            text.Append("\n\n");
        }

        return text.ToString();
    }

    private static double ReadAuc(List<string> lines, string contender) => double.Parse(
        lines.First(line => line.Contains($"| {contender} |", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries)[4].Split(' ')[0],
        CultureInfo.InvariantCulture);
}
