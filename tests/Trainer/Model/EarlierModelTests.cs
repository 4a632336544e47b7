using System.Text.Json;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>
/// Models in Data/, saved by the version whose attention dropout was its dropout and whose model file was the first: they
/// score as they did then.
/// </summary>
[TestClass]
public sealed class EarlierModelTests
{
    [TestMethod]
    [DataRow("plain", false, 8)]
    [DataRow("projected", true, 12)]
    public void A_model_of_the_first_version_scores_as_it_did(string name, bool learnInitialEmbedding, int width)
    {
        var context = new MLContext(seed: 1);
        var folder = Path.Combine(AppContext.BaseDirectory, "Model", "Fixtures");
        var expected = JsonSerializer.Deserialize<Row[]>(File.ReadAllText(Path.Combine(folder, $"{name}.json")))!;
        var rows = expected.Select(row => new TokenRow { PreviousEmbeddings = row.PreviousEmbeddings, CurrentEmbeddings = row.CurrentEmbeddings });

        using var model = EarlierModel.Open(name);
        using var scorer = (NextTokenDiscriminatorScorer)context.Model.Load(model, out _);
        var found = scorer.Scores(context, Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));

        Assert.AreEqual((learnInitialEmbedding, width), (scorer.Config.LearnInitialEmbedding, scorer.Config.ModelDimension!.Value));
        Assert.AreEqual(width != TokenRow.Dimension, scorer.Config.InputProjection, "Embeddings were projected where D was not C.");
        Assert.AreEqual((0.0, ComputePrecision.Single), (scorer.Config.AttentionDropout, scorer.Config.Precision));
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i].Score, found[i].Score, 1e-5f, $"Row {i}");
            for (var t = 0; t < TokenRow.Tokens; t++)
                Assert.AreEqual(expected[i].TokenScores[t], found[i].TokenScores[t], 1e-5f, $"Row {i}, token {t}");
        }
    }

    private sealed record Row(float[] PreviousEmbeddings, float[] CurrentEmbeddings, float Score, float[] TokenScores);
}
