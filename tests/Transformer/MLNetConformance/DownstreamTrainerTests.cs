using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>ML.NET's trainers on the combined column learn what it contains.</summary>
[TestClass]
public sealed class DownstreamTrainerTests
{
    [TestMethod]
    [DataRow("Lbfgs")]
    [DataRow("Sdca")]
    public void Discriminator_detects_distinguishable_predictions(string trainer) => Assert.IsGreaterThan(0.95, AreaUnderCurve(trainer, canTell: true));

    [TestMethod]
    [DataRow("Lbfgs")]
    [DataRow("Sdca")]
    public void Discriminator_guesses_where_predictions_equal_the_truth(string trainer) => Assert.IsInRange(0.45, 0.55, AreaUnderCurve(trainer, canTell: false));

    [TestMethod]
    [DataRow("Lbfgs")]
    [DataRow("Sdca")]
    public void Trained_chain_scores_the_same_after_loading(string trainer)
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(LabeledRow.Make(200));
        var model = Stage(ml).Append(Trainer(ml, trainer, Views.Combined)).Fit(data);

        var reloaded = SaveAndLoad(ml, model, data.Schema);

        Expect.SameBits([.. ViewReader.Scalars<float>(model.Transform(data), "Score")], [.. ViewReader.Scalars<float>(reloaded.Transform(data), "Score")]);
    }

    [TestMethod]
    public void Additive_mask_can_be_a_feature()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(LabeledRow.Make(200));
        // Trainers want finite features.
        var pipeline = ml.Transforms
            .NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options { MaskKind = MaskKind.Additive })
            .Append(ml.Transforms.CustomMapping<MaskRow, WeightRow>(
                (mask, weights) => weights.Weights = Array.ConvertAll(mask.Mask, MathF.Exp), contractName: null, outputSchemaDefinition: Weights()))
            .Append(ml.Transforms.Concatenate("Features", Views.Combined, nameof(WeightRow.Weights)))
            .Append(Trainer(ml, "Lbfgs", "Features"));

        var metrics = ml.BinaryClassification.Evaluate(pipeline.Fit(data).Transform(data));

        Assert.IsGreaterThan(0.95, metrics.AreaUnderRocCurve);
    }

    [TestMethod]
    public void Padded_rows_of_any_length_can_be_trained_on()
    {
        var ml = new MLContext(seed: 1);
        // Without the types of LabeledRow the columns are of unknown size, and no trainer takes those.
        var rows = LabeledRow.Make(400).Select((row, i) =>
        {
            var values = (1 + i % LabeledRow.Tokens) * LabeledRow.Dimension;
            return new FreeJudgedRow
            {
                PreviousEmbeddings = row.PreviousEmbeddings[..values],
                CurrentEmbeddings = row.CurrentEmbeddings[..values],
                // Each length has both labels.
                Label = row.Label,
            };
        }).Concat(LabeledRow.Make(400, seed: 2).Select((row, i) =>
        {
            var values = (1 + (i + 1) % LabeledRow.Tokens) * LabeledRow.Dimension;
            return new FreeJudgedRow
            {
                PreviousEmbeddings = row.PreviousEmbeddings[..values],
                CurrentEmbeddings = row.CurrentEmbeddings[..values],
                Label = row.Label,
            };
        }));
        var data = ml.Data.LoadFromEnumerable(rows);
        var pipeline = ml.Transforms
            .NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
            {
                EmbeddingDimension = LabeledRow.Dimension,
                MaxTokens = LabeledRow.Tokens,
                PadToMaxTokens = true,
            })
            .Append(Trainer(ml, "Lbfgs", Views.Combined));

        var metrics = ml.BinaryClassification.Evaluate(pipeline.Fit(data).Transform(data));

        Assert.IsGreaterThan(0.9, metrics.AreaUnderRocCurve);
    }

    [TestMethod]
    public void Prediction_engine_runs_the_whole_chain()
    {
        var ml = new MLContext(seed: 1);
        var rows = LabeledRow.Make(200);
        var data = ml.Data.LoadFromEnumerable(rows);
        var model = Stage(ml).Append(Trainer(ml, "Lbfgs", Views.Combined)).Fit(data);
        var expected = ViewReader.Scalars<float>(model.Transform(data), "Score");

        using var engine = ml.Model.CreatePredictionEngine<LabeledRow, Judgement>(SaveAndLoad(ml, model, data.Schema));
        var found = rows.Select(row => engine.Predict(row)).ToArray();

        Expect.SameBits([.. expected], [.. found.Select(judgement => judgement.Score)]);
        Assert.IsGreaterThan(180, found.Zip(rows, (judgement, row) => judgement.PredictedLabel == row.Label).Count(right => right));
    }

    [TestMethod]
    public void Cross_validation_tests_each_row_once()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(LabeledRow.Make(400));

        var folds = ml.BinaryClassification.CrossValidate(data, Stage(ml).Append(Trainer(ml, "Lbfgs", Views.Combined)), numberOfFolds: 4);

        Assert.HasCount(4, folds);
        foreach (var fold in folds)
            Assert.IsGreaterThan(0.9, fold.Metrics.AreaUnderRocCurve);
        CollectionAssert.AreEquivalent(
            Enumerable.Range(0, 400).Select(row => (float)row).ToArray(),
            folds.SelectMany(fold => ViewReader.Scalars<float>(fold.ScoredHoldOutSet, nameof(LabeledRow.Number))).ToArray());
        var stages = folds.Select(fold => ((TransformerChain<ITransformer>)fold.Model).OfType<NextTokenDiscriminatorTransformer>().Single());
        Assert.AreEqual(4, stages.Distinct().Count());
    }

    // What Microsoft.ML.AutoML does: pipelines and their settings, each cross-validated, the best one trained again.
    [TestMethod]
    public void Best_of_several_pipelines_can_be_selected_and_saved()
    {
        var ml = new MLContext(seed: 1);
        var split = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(LabeledRow.Make(600)), testFraction: 0.3);
        var trials =
            from usesSequence in new[] { true, false }
            from regularization in new[] { 0.01f, 1f }
            let features = usesSequence ? Views.Combined : "Context"
            let pipeline = Stage(ml)
                .Append(ml.Transforms.CopyColumns("Context", Views.Previous))
                .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(featureColumnName: features, l2Regularization: regularization))
            let score = ml.BinaryClassification.CrossValidate(split.TrainSet, pipeline, numberOfFolds: 3).Average(fold => fold.Metrics.AreaUnderRocCurve)
            select (features, pipeline, score);

        var all = trials.ToArray();
        var best = all.MaxBy(trial => trial.score);
        var model = best.pipeline.Fit(split.TrainSet);
        var reloaded = SaveAndLoad(ml, model, split.TrainSet.Schema);

        Assert.HasCount(4, all);
        Assert.AreEqual(Views.Combined, best.features);
        // The true tokens alone do not tell which predictions are true.
        Assert.IsTrue(all.Where(trial => trial.features != Views.Combined).All(trial => trial.score is > 0.35 and < 0.65));
        Assert.IsGreaterThan(0.95, ml.BinaryClassification.Evaluate(reloaded.Transform(split.TestSet)).AreaUnderRocCurve);
    }

    private static double AreaUnderCurve(string trainer, bool canTell)
    {
        var ml = new MLContext(seed: 1);
        var model = Stage(ml).Append(Trainer(ml, trainer, Views.Combined)).Fit(ml.Data.LoadFromEnumerable(LabeledRow.Make(2000, canTell)));
        var test = ml.Data.LoadFromEnumerable(LabeledRow.Make(2000, canTell, seed: 2));
        return ml.BinaryClassification.Evaluate(model.Transform(test)).AreaUnderRocCurve;
    }

    private static NextTokenDiscriminatorEstimator Stage(MLContext ml) => ml.Transforms.NextTokenDiscriminator();

    private static IEstimator<ITransformer> Trainer(MLContext ml, string name, string features) => name == "Lbfgs"
        ? ml.BinaryClassification.Trainers.LbfgsLogisticRegression(featureColumnName: features)
        : ml.BinaryClassification.Trainers.SdcaLogisticRegression(featureColumnName: features, maximumNumberOfIterations: 20);

    private static ITransformer SaveAndLoad(MLContext ml, ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        ml.Model.Save(model, schema, stream);
        stream.Position = 0;
        return new MLContext(seed: 1).Model.Load(stream, out _);
    }

    private static SchemaDefinition Weights()
    {
        var definition = SchemaDefinition.Create(typeof(WeightRow));
        definition[nameof(WeightRow.Weights)].ColumnType =
            new VectorDataViewType(NumberDataViewType.Single, 4 * LabeledRow.Tokens * LabeledRow.Tokens);
        return definition;
    }

    public sealed class MaskRow
    {
        public float[] Mask { get; set; } = [];
    }

    public sealed class WeightRow
    {
        public float[] Weights { get; set; } = [];
    }

    public sealed class FreeJudgedRow
    {
        public float[] PreviousEmbeddings { get; set; } = [];

        public float[] CurrentEmbeddings { get; set; } = [];

        public bool Label { get; set; }
    }

    public sealed class Judgement
    {
        public bool PredictedLabel { get; set; }

        public float Score { get; set; }
    }
}
