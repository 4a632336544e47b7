using Microsoft.ML;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Null arguments are refused by parameter name.</summary>
[TestClass]
public sealed class NullArgumentTests
{
    private static readonly DiscriminatorConfig Shape = new() { EmbeddingDimension = 4, MaxTokens = 3, Layers = 1 };

    [TestMethod]
    public void Trainer_refuses_null_by_parameter_name()
    {
        var context = new MLContext(seed: 1);
        var trainer = Trainers.Small(context);
        var view = Samples.View(context, 4);

        Refused("catalog", () => NextTokenDiscriminatorTrainerCatalog.NextTokenDiscriminator(null!, new NextTokenDiscriminatorTrainer.Options()));
        Refused("catalog", () => NextTokenDiscriminatorTrainerCatalog.NextTokenDiscriminator(null!));
        Refused("env", () => new NextTokenDiscriminatorTrainer((IHostEnvironment)null!, new()));
        Refused("options", () => new NextTokenDiscriminatorTrainer(context, null!));
        Refused("input", () => trainer.Fit(null!));
        Refused("trainData", () => trainer.Fit(null!, view));
        Refused("validationData", () => trainer.Fit(view, null!));
        Refused("front", () => trainer.Fit(null!, view, view));
        Refused("trainData", () => trainer.Fit(context.Transforms.CopyColumns("a", "Label"), null!, view));
        Refused("validationData", () => trainer.Fit(context.Transforms.CopyColumns("a", "Label"), view, null!));
        Refused("network", () => trainer.CreateScorer(null!));
        Refused("inputSchema", () => trainer.GetOutputSchema(null!));
    }

    [TestMethod]
    public void Scorer_and_weights_refuse_null_by_parameter_name()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context);

        Refused("network", () => scorer.WithWeights((DiscriminatorNetwork)null!));
        Refused("path", () => scorer.WithWeights((string)null!));
        Refused("path", () => scorer.SaveWeights(null!));
        Refused("inputSchema", () => scorer.GetOutputSchema(null!));
        Refused("inputSchema", () => scorer.GetRowToRowMapper(null!));
        Refused("input", () => scorer.Transform(null!));
        Refused("name", () => scorer.Model.Values(null!));
        Refused("path", () => scorer.Model.SaveWeights(null!));
        Refused("history", () => TrainingHistoryExtensions.WriteCsv(null!, TextWriter.Null));
        Refused("writer", () => scorer.History.WriteCsv(null!));
    }

    [TestMethod]
    public void Evaluation_and_serving_refuse_null_by_parameter_name()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 40));
        using var scorer = Trainers.Small(context).Fit(view);
        var chain = context.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Samples.Dimension })
            .Fit(Samples.View(context, 4)).Append(scorer);
        using var pool = new PredictionPool<TokenRow, Scores>(context, chain);

        Refused("catalog", () => TokenEvaluationCatalog.EvaluateTokens(null!, view));
        Refused("data", () => context.BinaryClassification.EvaluateTokens(null!));
        Refused("labelColumnName", () => context.BinaryClassification.EvaluateTokens(view, labelColumnName: null!));
        Refused("tokenScoresColumnName", () => context.BinaryClassification.EvaluateTokens(view, tokenScoresColumnName: null!));
        Refused("context", () => new PredictionPool<TokenRow, Scores>(null!, chain));
        Refused("model", () => new PredictionPool<TokenRow, Scores>(context, null!));
        Refused("context", () => PredictionPoolExtensions.CreatePredictionPool<TokenRow, Scores>(null!, chain));
        Refused("model", () => context.CreatePredictionPool<TokenRow, Scores>(null!));
        Refused("row", () => pool.Predict(null!));
        Refused("rows", () => pool.PredictBatch(null!));
    }

    [TestMethod]
    public void Network_learner_and_loss_refuse_null_by_parameter_name()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape);
        using var learner = new DiscriminatorLearner(network);
        var some = zeros(1, 6, 4);

        Refused("config", () => new DiscriminatorNetwork((DiscriminatorConfig)null!));
        Refused("sequences", () => network.forward(null!, null));
        Refused("path", () => network.SaveWeights(null!));
        Refused("path", () => network.LoadWeights(null!));
        Refused("network", () => new DiscriminatorLearner(null!));
        Refused("state", () => learner.SetState(null!));
        Refused("computeLoss", () => learner.Step((Func<Tensor>)null!));
        Refused("labels", () => learner.Step(some, null, null!));
        Refused("batch", () => network.forward(null!));
        Refused("batch", () => learner.Step((SequenceBatch)null!));
        Refused("batch", () => learner.Step((SequenceBatch)null!, some));
        Refused("logits", () => DiscriminatorLoss.SequenceScores(null!));
        Refused("logits", () => DiscriminatorLoss.BinaryCrossEntropy(null!, some));
        Refused("labels", () => DiscriminatorLoss.BinaryCrossEntropy(some, null!));
    }

    [TestMethod]
    public void Adversarial_training_refuses_null_by_parameter_name()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape);
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        using var average = new ExponentialMovingAverage(network);
        using var replay = new SequenceReplayBuffer(4);
        var some = zeros(1, 6, 4);

        Refused("network", () => new AdversarialTrainer(null!, learner));
        Refused("learner", () => new AdversarialTrainer(network, null!));
        Refused("sequences", () => AdversarialTrainer.WithCandidates((Tensor)null!, some));
        Refused("candidates", () => AdversarialTrainer.WithCandidates(some, null!));
        Refused("realSequences", () => round.StepDiscriminator((Tensor)null!, some));
        Refused("generatedSequences", () => round.StepDiscriminator(some, null!));
        Refused("batch", () => AdversarialTrainer.WithCandidates((SequenceBatch)null!, some));
        Refused("realBatch", () => round.StepDiscriminator((SequenceBatch)null!, some));
        Refused("batch", () => round.GeneratorLoss((SequenceBatch)null!, some));
        Refused("sequences", () => round.Score(null!));
        Refused("sequences", () => round.GeneratorLoss(null!));
        Refused("module", () => new ExponentialMovingAverage(null!));
        Refused("module", () => average.CopyTo(null!));
        Refused("sequences", () => replay.Mix(null!));
        Refused("sequences", () => replay.Mix(null!, some));
    }

    [TestMethod]
    public void Checkpoints_refuse_null_by_parameter_name() => TemporaryFolder.Use(folder =>
    {
        using var checkpoint = new TrainingCheckpoint<int[]>(Path.Combine(folder, "checkpoint"), []);

        Refused("state", () => checkpoint.Write(null!));
        Refused("path", () => TrainingCheckpoint.ReadFingerprint(null!));
        Refused("path", () => new TrainingCheckpoint<int[]>(null!, []));
        Refused("fingerprint", () => new TrainingCheckpoint<int[]>(Path.Combine(folder, "other"), (KeyValuePair<string, string>[])null!));
    });

    private static void Refused(string name, Action action) =>
        Assert.AreEqual(name, Assert.ThrowsExactly<ArgumentNullException>(action).ParamName);

    private static void Refused<T>(string name, Func<T> make) => Refused(name, new Action(() => _ = make()));
}
