using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Columns with a value per token: with or without padding, logits and optional probabilities.</summary>
[TestClass]
public sealed class TokenColumnTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Unpadded_scores_cover_the_tokens_and_serialize_as_JSON()
    {
        using var padded = Scorer(_ => { });
        using var unpadded = padded.WithPadTokenScores(false);
        var rows = Samples.Free(5, maxTokens: 3);
        var view = Padded(rows);

        var (expected, found) = (padded.Scores(Ml, view), unpadded.Scores(Ml, view));

        for (var i = 0; i < rows.Count; i++)
        {
            var tokens = rows[i].TokenLabels.Length;
            Assert.IsTrue(expected[i].TokenScores.Skip(tokens).All(float.IsNaN));
            Assert.HasCount(TokenRow.Tokens, expected[i].TokenScores);
            CollectionAssert.AreEqual(expected[i].TokenScores[..tokens], found[i].TokenScores);
            Assert.AreEqual(found[i].TokenScores.Length, JsonSerializer.Deserialize<Scores>(JsonSerializer.Serialize(found[i]))!.TokenScores.Length);
        }

        Assert.Throws<ArgumentException>(() => JsonSerializer.Serialize(expected[0]));
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single), unpadded.Transform(view).Schema["TokenScores"].Type);
        Assert.AreEqual(
            Ml.BinaryClassification.EvaluateTokens(padded.Transform(view), "TokenLabels").All,
            Ml.BinaryClassification.EvaluateTokens(unpadded.Transform(view), "TokenLabels").All);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Probabilities_are_the_logistic_function_of_the_scores(bool pad)
    {
        using var scorer = Scorer(options => (options.TokenProbabilities, options.PadTokenScores) = (true, pad));
        var scored = scorer.Transform(Padded(Samples.Free(5, maxTokens: 3)));

        var rows = Ml.Data.CreateEnumerable<Verdict>(scored, reuseRowObject: false).ToList();

        foreach (var row in rows)
        {
            Assert.HasCount(row.TokenScores.Length, row.TokenProbabilities);
            for (var t = 0; t < row.TokenScores.Length; t++)
                Assert.AreEqual(1 / (1 + Math.Exp(-row.TokenScores[t])), row.TokenProbabilities[t], 1e-6);
        }

        Assert.AreEqual(scored.Schema["TokenScores"].Type, scored.Schema["TokenProbabilities"].Type);
    }

    [TestMethod]
    public void Token_probabilities_are_absent_by_default()
    {
        using var scorer = Scorer(_ => { });

        Assert.IsNull(scorer.Transform(Padded(Samples.Free(1, 1))).Schema.GetColumnOrNull("TokenProbabilities"));
    }

    /// <summary>What the trainer promises before any data is what its scorer has then.</summary>
    [TestMethod]
    [DataRow(true, true)]
    [DataRow(false, true)]
    [DataRow(false, false)]
    public void Trainer_schema_has_the_token_columns(bool pad, bool probabilities)
    {
        var view = Trainers.Transformed(Ml, Samples.View(Ml, 8));
        var trainer = Trainers.Small(Ml, options => (options.PadTokenScores, options.TokenProbabilities, options.Epochs) = (pad, probabilities, 1));

        using var scorer = trainer.Fit(view);

        Assert.AreEqual(SchemaText.Of(SchemaText.Shape(scorer.GetOutputSchema(view.Schema))), SchemaText.Of(trainer.GetOutputSchema(SchemaText.Shape(view.Schema))));
    }

    private static NextTokenDiscriminatorScorer Scorer(Action<NextTokenDiscriminatorTrainer.Options> configure) => Trainers.Untrained(
        Ml,
        options =>
        {
            (options.MaskColumnName, options.TokenCountColumnName) = ("", "Count");
            configure(options);
        });

    private static IDataView Padded(List<TrainingRow> rows) => Trainers.Transformed(
        Ml, Ml.Data.LoadFromEnumerable(rows),
        options => (options.PadToMaxTokens, options.MaxTokens, options.TokenCountColumnName) = (true, TokenRow.Tokens, "Count"));

    public sealed class Verdict
    {
        public float[] TokenScores { get; set; } = [];

        public float[] TokenProbabilities { get; set; } = [];
    }
}
