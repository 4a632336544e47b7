using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;

namespace MlNetNtd.AutoML.Tests;

/// <summary>The trainer in AutoML's experiments.</summary>
[TestClass]
public sealed class AutoExperimentTests
{
    private const int Trials = 3;

    private static NextTokenDiscriminatorTrainer.Options TrainerOptions => new() { Epochs = 6, Seed = 1 };

    // Small networks: which options are good is not the point here.
    private static SearchSpace<NextTokenDiscriminatorParameters> SmallSearchSpace => new()
    {
        [nameof(NextTokenDiscriminatorParameters.Layers)] = new UniformIntOption(1, 2, logBase: false, defaultValue: 1),
        [nameof(NextTokenDiscriminatorParameters.ModelDimension)] = new ChoiceOption([16, 32], 32),
        [nameof(NextTokenDiscriminatorParameters.BatchSize)] = new ChoiceOption([8, 16], 16),
        [nameof(NextTokenDiscriminatorParameters.LearningRate)] = new UniformDoubleOption(2e-3, 8e-3, logBase: true, defaultValue: 4e-3),
    };

    [TestMethod]
    public void Experiment_sweeps_the_trainer_and_its_best_model_survives_saving()
    {
        var mlContext = new MLContext(1);
        var data = mlContext.Data.TrainTestSplit(SymbolRow.View(mlContext, 300, 1), 0.3, seed: 1);
        var result = Experiment(mlContext).SetDataset(data).Run();

        Assert.IsGreaterThan(0.8, result.Metric);
        var folder = Directory.CreateTempSubdirectory("mlnetntd-tests-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.zip");
            mlContext.Model.Save(result.Model, data.TrainSet.Schema, path);
            var fresh = new MLContext();
            var loaded = fresh.Model.Load(path, out var _);
            using (loaded as IDisposable)
                Assert.AreEqual(result.Metric, fresh.BinaryClassification.EvaluateNonCalibrated(loaded.Transform(data.TestSet)).AreaUnderRocCurve, 1e-9);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void Experiment_cross_validates()
    {
        var mlContext = new MLContext(1);
        var trained = 0;
        var result = Experiment(mlContext, 1, epoch => trained += epoch.Epoch == 1 ? 1 : 0)
            .SetDataset(SymbolRow.View(mlContext, 200, 2), fold: 2).Run();

        Assert.AreEqual(2, trained);
        Assert.IsGreaterThan(0.6, result.Metric);
    }

    [TestMethod]
    public async Task Experiment_stopped_within_a_trial_keeps_the_best_earlier_trial()
    {
        var mlContext = new MLContext(1);
        using var stop = new CancellationTokenSource();
        var started = 0;
        var after = 0;
        var result = await Experiment(mlContext, 1000, epoch =>
        {
            started += epoch.Epoch == 1 ? 1 : 0;
            after += stop.IsCancellationRequested ? 1 : 0;
            if (started == 2)
                stop.Cancel();
        }).SetDataset(mlContext.Data.TrainTestSplit(SymbolRow.View(mlContext, 200, 3), 0.3, seed: 1)).RunAsync(stop.Token);

        Assert.AreEqual(2, started);
        Assert.AreEqual(0, after);
        Assert.AreEqual(0, result.TrialSettings.TrialId);
    }

    [TestMethod]
    public void Trainer_competes_with_an_MLNet_trainer_in_one_pipeline()
    {
        var mlContext = new MLContext(1);
        var logistic = mlContext.Auto().CreateSweepableEstimator(
            (context, options) => context.BinaryClassification.Trainers.LbfgsLogisticRegression(featureColumnName: "Combined"),
            new SearchSpace<NextTokenDiscriminatorParameters>());
        var trained = 0;
        var result = mlContext.Auto().CreateExperiment(new AutoMLExperiment.AutoMLExperimentSettings { Seed = 1 })
            .SetPipeline(mlContext.Transforms.NextTokenDiscriminator().Append(
                mlContext.Auto().NextTokenDiscriminator(TrainerOptions, SmallSearchSpace, epoch => trained += epoch.Epoch == 1 ? 1 : 0), logistic))
            .SetDataset(mlContext.Data.TrainTestSplit(SymbolRow.View(mlContext, 300, 4), 0.3, seed: 1))
            .SetBinaryClassificationMetric(BinaryClassificationMetric.AreaUnderRocCurve, "Label")
            .SetMaxModelToExplore(2 * Trials)
            .Run();

        // Some of the trials were the other one's.
        Assert.IsInRange(1, 2 * Trials - 1, trained);
        Assert.IsGreaterThan(0.6, result.Metric);
    }

    [TestMethod]
    public void Binary_classification_experiment_reads_the_transform_output()
    {
        var mlContext = new MLContext(1);
        var data = SymbolRow.View(mlContext, 200, 5);

        var stage = mlContext.Transforms.NextTokenDiscriminator()
            .Append(mlContext.Transforms.SelectColumns("Label", "Combined"))
            .Fit(data);
        var result = mlContext.Auto()
            .CreateBinaryClassificationExperiment(new BinaryExperimentSettings { MaxModels = Trials, MaxExperimentTimeInSeconds = 60 })
            .Execute(stage.Transform(data), labelColumnName: "Label");
        var model = stage.Append(result.BestRun.Model);

        Assert.IsTrue(double.IsFinite(result.BestRun.ValidationMetrics.AreaUnderRocCurve));
        Assert.IsNotNull(model.Transform(data).Schema.GetColumnOrNull("PredictedLabel"));
    }

    // docs/hyperparameter-search.md shows these lines.
    private static AutoMLExperiment Experiment(MLContext mlContext, int trials = Trials, Action<EpochResult>? onEpoch = null)
    {
        var pipeline = mlContext.Transforms.NextTokenDiscriminator()
            .Append(mlContext.Auto().NextTokenDiscriminator(TrainerOptions, SmallSearchSpace, onEpoch));
        return mlContext.Auto().CreateExperiment(new AutoMLExperiment.AutoMLExperimentSettings { Seed = 1 })
            .SetPipeline(pipeline)
            .SetBinaryClassificationMetric(BinaryClassificationMetric.AreaUnderRocCurve, labelColumn: "Label")
            .SetMaxModelToExplore(trials);
    }
}
