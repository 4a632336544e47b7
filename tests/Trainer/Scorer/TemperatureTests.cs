using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Probabilities are logits at the temperature that was fitted on the validation rows, wherever a model is read.</summary>
[TestClass]
public sealed class TemperatureTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Probabilities_are_logits_divided_by_the_temperature_of_the_kept_epoch()
    {
        using var scorer = Fit();

        var best = scorer.History.Last(epoch => epoch.IsBest).Validation!;
        Assert.AreEqual(best.Temperature, scorer.Temperature);
        Assert.AreNotEqual(1f, scorer.Temperature);
        foreach (var row in Score(scorer))
        {
            Assert.AreEqual(Logistic(row.Score / scorer.Temperature), row.Probability, 1e-6);
            Assert.AreEqual(row.Score > 0, row.PredictedLabel);
            for (var t = 0; t < row.TokenScores.Length; t++)
                Assert.AreEqual(Logistic(row.TokenScores[t] / scorer.Temperature), row.TokenProbabilities[t], 1e-6);
        }
    }

    [TestMethod]
    public void Log_loss_of_the_validation_rows_is_the_calibrated_loss()
    {
        using var scorer = Fit();

        var metrics = Ml.BinaryClassification.Evaluate(scorer.Transform(Validation()));

        Assert.AreEqual(scorer.History.Last(epoch => epoch.IsBest).Validation!.CalibratedLoss, Math.Log(2) * metrics.LogLoss, 1e-4);
    }

    [TestMethod]
    public void Token_evaluation_uses_the_temperature()
    {
        using var scorer = Fit(options => (options.LossKind, options.MonitorMetric) = (LossKind.Token, MonitorMetric.Loss));
        var scored = scorer.Transform(Validation());

        var metrics = Ml.BinaryClassification.EvaluateTokens(scored);

        var rows = Score(scorer);
        var labels = Ml.Data.CreateEnumerable<TokenRow>(Validation(), reuseRowObject: false, ignoreMissingColumns: true).Select(row => row.Label).ToArray();
        var loss = rows.SelectMany((row, i) => row.TokenProbabilities.Select(probability => -Math.Log2(labels[i] ? probability : 1 - probability))).Average();
        Assert.AreEqual(loss, metrics.LogLoss, 1e-4);
    }

    [TestMethod]
    public void Temperature_goes_with_the_weights_into_every_file() => TemporaryFolder.Use(folder =>
    {
        using var scorer = Fit();
        var (zip, weights) = (Path.Combine(folder, "model.zip"), Path.Combine(folder, "weights.safetensors"));
        Ml.Model.Save(scorer, Validation().Schema, zip);
        scorer.SaveWeights(weights);

        using var loaded = (NextTokenDiscriminatorScorer)Ml.Model.Load(zip, out _);
        using var other = Trainers.Untrained(Ml);
        using var network = scorer.CreateNetwork();
        using var recreated = scorer.WithWeights(network);
        using var reread = scorer.WithWeights(weights);

        Assert.AreEqual(scorer.Temperature, loaded.Temperature);
        Assert.AreEqual(scorer.Temperature, reread.Temperature);
        Assert.AreEqual(scorer.Temperature, TokenScorer.LoadModel(zip).Temperature);
        Assert.AreEqual(scorer.Temperature, TokenScorer.LoadSafetensors(weights).Temperature);
        Assert.AreEqual(Logistic(3 / scorer.Temperature), TokenScorer.LoadSafetensors(weights).GetProbability(3), 1e-6);
        Assert.AreEqual((1f, 1f), (other.Temperature, recreated.Temperature), "A network may have been trained since.");
    });

    [TestMethod]
    public void Temperature_is_1_without_validation_rows()
    {
        using var scorer = Trainers.Fit(Ml);

        Assert.AreEqual(1f, scorer.Temperature);
    }

    private static double Logistic(double logit) => 1 / (1 + Math.Exp(-logit));

    private static NextTokenDiscriminatorScorer Fit(Action<NextTokenDiscriminatorTrainer.Options>? configure = null) => Trainers.Small(Ml, options =>
    {
        (options.Epochs, options.TokenProbabilities) = (4, true);
        configure?.Invoke(options);
    }).Fit(Trainers.Transformed(Ml, Samples.View(Ml, 40)), Validation());

    private static IDataView Validation() => Trainers.Transformed(Ml, Samples.View(Ml, 30, seed: 2));

    private static List<ScoredRow> Score(NextTokenDiscriminatorScorer scorer) => [.. Ml.Data.CreateEnumerable<ScoredRow>(scorer.Transform(Validation()), reuseRowObject: false)];

    private sealed class ScoredRow
    {
        public bool PredictedLabel { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public float[] TokenScores { get; set; } = [];

        public float[] TokenProbabilities { get; set; } = [];
    }
}
