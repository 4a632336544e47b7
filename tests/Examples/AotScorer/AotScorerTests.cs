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

    private static readonly Lazy<(TemporaryFolder Folder, string Path)> Model = new(SaveModel);

    private static string ProjectFolder => Path.Combine(BuildFacts.RepoRoot, "examples", "AotScorer");

    [ClassCleanup]
    public static void Cleanup()
    {
        if (Model.IsValueCreated)
            Model.Value.Folder.Dispose();
    }

    [TestMethod]
    public async Task Program_without_a_model_says_what_it_expects()
    {
        using var process = ExampleProcess.Start("AotScorer");

        var end = await process.End();

        Assert.AreEqual(1, end.ExitCode);
        Assert.AreEqual("Expected the path of a model that mlContext.Model.Save or 'ntd train' wrote, found 0 arguments.", string.Join('\n', end.Error));
    }

    [TestMethod]
    public async Task Program_prints_the_scores_of_the_scorer_in_ML_NET()
    {
        using var process = ExampleProcess.Start("AotScorer", Model.Value.Path);

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
        using var process = ExampleProcess.StartNative(program, Model.Value.Path);

        AssertPrintsScores(await process.End());
        Assert.IsEmpty(Directory.GetFiles(output, "*.dll"));
        Assert.IsLessThanOrEqualTo(MaxBytes, new FileInfo(program).Length + new FileInfo(Model.Value.Path).Length);
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

    // Real tokens rise, the candidates of a generated row fall.
    private static (TemporaryFolder Folder, string Path) SaveModel()
    {
        var context = new MLContext(seed: 1);
        var random = new Random(1);
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i =>
        {
            var real = MakeTokens(random.NextSingle(), step: 0.25f);
            return new LabeledRow(i % 2 == 0, real, i % 2 == 0 ? real : MakeTokens(random.NextSingle(), step: -0.25f));
        }).ToArray());
        using var model = context.Transforms.NextTokenDiscriminator()
            .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
            {
                MaxTokens = 8,
                ModelDimension = 16,
                Layers = 1,
                Epochs = 5,
                ProgressSeconds = 0,
            }))
            .Fit(rows);
        var folder = new TemporaryFolder();
        var path = folder.PathOf("model.zip");
        context.Model.Save(model, rows.Schema, path);
        return (folder, path);
    }

    private static string WithoutNumbers(string line) => line.Split(':')[0];

    // Of the real tokens as candidates, and of the falling ones.
    private static IEnumerable<float[]> ComputeProbabilities()
    {
        var context = new MLContext();
        var model = context.Model.Load(Model.Value.Path, out _);
        using var owner = model as IDisposable;
        var real = MakeTokens(first: 0.2f, step: 0.25f);
        Row[] rows = [new(real, real), new(real, MakeTokens(first: 0.9f, step: -0.25f))];
        var scored = model.Transform(context.Data.LoadFromEnumerable(rows));
        var scorer = TokenScorer.LoadModel(Model.Value.Path);
        return [.. context.Data.CreateEnumerable<Scores>(scored, reuseRowObject: false)
            .Select(scores => Array.ConvertAll(scores.TokenScores[..Tokens], scorer.GetProbability))];
    }

    private static float[] MakeTokens(float first, float step) =>
        [.. Enumerable.Range(0, Tokens).SelectMany(i => Enumerable.Repeat(first + i * step, Dimension))];

    private sealed record LabeledRow(
        bool Label, [property: VectorType(Tokens, Dimension)] float[] PreviousEmbeddings, [property: VectorType(Tokens, Dimension)] float[] CurrentEmbeddings);

    private sealed record Row(
        [property: VectorType(Tokens, Dimension)] float[] PreviousEmbeddings, [property: VectorType(Tokens, Dimension)] float[] CurrentEmbeddings);
}
