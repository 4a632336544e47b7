using System.Globalization;
using System.Text.RegularExpressions;

namespace MlNetNtd.Examples.Tests;

/// <summary>The samples of README and docs, as a user meets them: they run and print what they promise.</summary>
[TestClass]
public sealed partial class SampleTests
{
    /// <summary>From rows to a discriminator that is trained, saved, loaded again and scores.</summary>
    [TestMethod]
    public async Task The_sample_of_the_readme_trains_saves_loads_and_scores()
    {
        using var folder = new TemporaryFolder();

        var output = await Run(folder, "ReadmeSample");

        Assert.IsTrue(File.Exists(folder.PathOf("discriminator.zip")));
        var held = HeldOut().Match(output[0]);
        Assert.IsTrue(held.Success, output[0]);
        Assert.IsGreaterThanOrEqualTo(0.95, double.Parse(held.Groups["auc"].Value, CultureInfo.InvariantCulture));
        Assert.HasCount(3, output);
        Assert.MatchesRegex(@"^real: \d+ ?%, by token( -?\d+\.\d){8}$", output[1]);
        Assert.MatchesRegex(@"^generated: \d+ ?%, by token( -?\d+\.\d){8}$", output[2]);
    }

    /// <summary>Every source of candidates on the same windows; nothing of it is a matter of the machine.</summary>
    [TestMethod]
    public async Task The_sample_of_rows_prints_windows_with_real_and_generated_candidates()
    {
        using var folder = new TemporaryFolder();

        var output = await Run(folder, "SequenceRows");

        Assert.AreEqual(
            """
            n-gram:
              0 real      the cat sat on | the cat sat on
              0 generated the cat sat on | on log sat on
              0 real      sat on the mat | sat on the mat
              0 generated sat on the mat | cat on the dog
              1 real      the dog sat on | the dog sat on
              1 generated the dog sat on | cat cat sat on
              1 real      sat on the log | sat on the log
              1 generated sat on the log | the on the dog
              2 real      a cat saw the | a cat saw the
              2 generated a cat saw the | on cat sat the
            shuffled:
              0 real      the cat sat on | the cat sat on
              0 generated the cat sat on | sat the cat on
              0 real      sat on the mat | sat on the mat
              0 generated sat on the mat | mat on the sat
              1 real      the dog sat on | the dog sat on
              1 generated the dog sat on | dog sat on the
              1 real      sat on the log | sat on the log
              1 generated sat on the log | on log sat the
              2 real      a cat saw the | a cat saw the
              2 generated a cat saw the | saw the a cat
            other rows:
              0 real      the cat sat on | the cat sat on
              0 generated the cat sat on | cat saw the dog
              0 real      sat on the mat | sat on the mat
              0 generated sat on the mat | a cat saw the
              1 real      the dog sat on | the dog sat on
              1 generated the dog sat on | the cat sat on
              1 real      sat on the log | sat on the log
              1 generated sat on the log | sat on the mat
              2 real      a cat saw the | a cat saw the
              2 generated a cat saw the | sat on the log
            a delegate:
              0 real      the cat sat on | the cat sat on
              0 generated the cat sat on | on sat cat the
              0 real      sat on the mat | sat on the mat
              0 generated sat on the mat | mat the on sat
              1 real      the dog sat on | the dog sat on
              1 generated the dog sat on | on sat dog the
              1 real      sat on the log | sat on the log
              1 generated sat on the log | log the on sat
              2 real      a cat saw the | a cat saw the
              2 generated a cat saw the | the saw cat a
            """.ReplaceLineEndings("\n"),
            string.Join('\n', output));
    }

    [TestMethod]
    public async Task The_sample_of_losses_trains_both_ways()
    {
        using var folder = new TemporaryFolder();

        var output = await Run(folder, "LossKinds");

        Assert.HasCount(2, output);
        foreach (var (line, loss) in output.Zip(["Row", "Token"]))
        {
            var found = Loss().Match(line);
            Assert.AreEqual(loss, found.Groups["loss"].Value, line);
            Assert.IsGreaterThanOrEqualTo(0.9, double.Parse(found.Groups["rows"].Value, CultureInfo.InvariantCulture), line);
            Assert.IsGreaterThanOrEqualTo(0.7, double.Parse(found.Groups["tokens"].Value, CultureInfo.InvariantCulture), line);
        }
    }

    private static async Task<string[]> Run(TemporaryFolder folder, string program)
    {
        using var process = ExampleProcess.StartIn(folder.Path, program);
        var end = await process.End();
        Assert.AreEqual(0, end.ExitCode, string.Join('\n', end.Error));
        return end.Output;
    }

    [GeneratedRegex(@"^\d+ held-out rows, AUC (?<auc>\d\.\d\d)$")]
    private static partial Regex HeldOut();

    [GeneratedRegex(@"^(?<loss>\w+) loss: AUC of rows (?<rows>\d\.\d\d), of tokens (?<tokens>\d\.\d\d)$")]
    private static partial Regex Loss();
}
