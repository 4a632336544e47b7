using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>examples/AotScorer prints the scores that the scorer in ML.NET computes with the same model.</summary>
[TestClass]
public sealed class AotScorerTests
{
    private const int Tokens = 4;
    private const int Dimension = 8;

    // Of the last decimal that is printed, which rounding may change.
    private const double Tolerance = 1e-4 + 1e-9;

    private const long MaxBytes = 3 << 20;

    private static string ProjectFolder => Path.Combine(BuildFacts.RepoRoot, "examples", "AotScorer");

    [TestMethod]
    public async Task Program_prints_the_scores_of_the_scorer_in_ML_NET()
    {
        using var process = ExampleProcess.Start("AotScorer");

        AssertPrintsScores(await process.End());
    }

    [TestMethod]
    [FullRun]
    [NeedsNativeCompiler]
    public async Task Native_program_of_at_most_3_MB_prints_the_scores_of_the_scorer_in_ML_NET()
    {
        using var folder = new TemporaryFolder();
        var output = folder.PathOf("output");
        using (var publish = ExampleProcess.StartDotnet(
            folder.Path, "publish", Path.Combine(ProjectFolder, "AotScorer.csproj"), "-o", output, "--artifacts-path", folder.PathOf("artifacts"), "-nodeReuse:false"))
        {
            var published = await publish.End();
            Assert.AreEqual(0, published.ExitCode, string.Join('\n', [.. published.Output, .. published.Error]));
        }

        var program = Path.Combine(output, OperatingSystem.IsWindows() ? "AotScorer.exe" : "AotScorer");
        using var process = ExampleProcess.StartNative(program);

        AssertPrintsScores(await process.End());
        Assert.IsEmpty(Directory.GetFiles(output, "*.dll"));
        Assert.IsLessThanOrEqualTo(MaxBytes, new FileInfo(program).Length + new FileInfo(Path.Combine(output, "model.zip")).Length);
    }

    private static void AssertPrintsScores(ProgramEnd end)
    {
        Assert.AreEqual(0, end.ExitCode, string.Join('\n', end.Error));
        var promised = PromisedOutput.Read(Path.Combine(ProjectFolder, "Program.cs"));
        CollectionAssert.AreEqual(promised.Select(WithoutNumbers).ToArray(), end.Output.Select(WithoutNumbers).ToArray(), string.Join('\n', end.Output));
        foreach (var (expected, line) in ComputeProbabilities().Zip(end.Output[1..3]))
        {
            var printed = line.Split(' ')[^Tokens..];
            for (var i = 0; i < Tokens; i++)
                Assert.AreEqual(expected[i], double.Parse(printed[i], CultureInfo.InvariantCulture), Tolerance, line);
        }
    }

    private static string WithoutNumbers(string line) => line.Split(':')[0];

    // Of the real tokens as candidates, and of the falling ones.
    private static IEnumerable<float[]> ComputeProbabilities()
    {
        var context = new MLContext();
        var model = context.Model.Load(Path.Combine(ProjectFolder, "model.zip"), out _);
        using var owner = model as IDisposable;
        var real = MakeTokens(first: 0.2f, step: 0.25f);
        Row[] rows = [new(real, real), new(real, MakeTokens(first: 0.9f, step: -0.25f))];
        var scored = model.Transform(context.Data.LoadFromEnumerable(rows));
        return [.. context.Data.CreateEnumerable<Scores>(scored, reuseRowObject: false)
            .Select(scores => Array.ConvertAll(scores.TokenScores[..Tokens], TokenScorer.GetProbability))];
    }

    private static float[] MakeTokens(float first, float step) =>
        [.. Enumerable.Range(0, Tokens).SelectMany(i => Enumerable.Repeat(first + i * step, Dimension))];

    private sealed record Row(
        [property: VectorType(Tokens, Dimension)] float[] PreviousEmbeddings, [property: VectorType(Tokens, Dimension)] float[] CurrentEmbeddings);
}
