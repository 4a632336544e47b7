using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd.ProcessHosts;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>The model that the study TextGan saves needs no native libtorch where it is served.</summary>
[TestClass]
public sealed class TextGanServingTests
{
    private const float Tolerance = 1e-5f;

    [TestMethod]
    [FullRun]
    public async Task Saved_model_gives_the_same_scores_in_a_process_without_libtorch()
    {
        using var folder = new TemporaryFolder();
        var run = await TextGanSamples.Run(
            "--preset", "quick", "--rounds", "1", "--input", folder.Write("text.txt", TextGanSamples.Text), "--out", folder.PathOf("run"));
        Assert.IsTrue(run.ExitCode is 0 or 2, string.Join('\n', run.Error));
        var path = Path.Combine(folder.PathOf("run"), "model.zip");

        var (exitCode, said, errors) = HostProcess.Run(BuildFacts.ScorerHost, path);

        Assert.AreEqual(0, exitCode, errors);
        Assert.AreEqual("", said["libtorch"]);
        var context = new MLContext();
        using var model = (TransformerChain<ITransformer>)context.Model.Load(path, out var schema);
        var rows = HostRows.Make(context, schema);
        Assert.AreEqual(HostRows.Checksum(model.Transform(rows)).ToString(CultureInfo.InvariantCulture), said["checksum"]);
        AssertEqualsTorch(context, model, rows);
    }

    private static void AssertEqualsTorch(MLContext context, TransformerChain<ITransformer> model, IDataView rows)
    {
        using var torch = ((NextTokenDiscriminatorScorer)model.LastTransformer).WithEngine(EngineKind.Torch);
        var combined = model.SkipLast(1).Aggregate(rows, (view, transformer) => transformer.Transform(view));
        foreach (var (expected, found) in torch.Scores(context, combined).Zip(model.Scores(context, rows)))
        {
            for (var i = 0; i < expected.TokenScores.Length; i++)
                Assert.AreEqual(expected.TokenScores[i], found.TokenScores[i], Tolerance * MathF.Max(1, MathF.Abs(expected.TokenScores[i])));
        }
    }
}
