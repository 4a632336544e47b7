using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MlNetNtd.Tests;

/// <summary>The trainer and its model with ML.NET's tools for any trainer.</summary>
[TestClass]
public sealed class TrainerIntegrationTests
{
    [TestMethod]
    public void TrainerInfo_states_the_needs_of_the_trainer()
    {
        var trainer = Assert.IsInstanceOfType<ITrainerEstimator<ISingleFeaturePredictionTransformer<object>, object>>(Trainers.Small(new MLContext(seed: 1)));

        Assert.IsFalse(trainer.Info.NeedNormalization);
        Assert.IsFalse(trainer.Info.WantCaching);
        // What ML.NET shows to its own alone, and asks before it gives a trainer anything.
        var hidden = new[] { "NeedCalibration", "SupportsValidation", "SupportsIncrementalTraining" };
        Assert.AreSequenceEqual(
            new object?[] { false, true, true },
            hidden.Select(name => typeof(TrainerInfo).GetProperty(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(trainer.Info)).ToArray());
    }

    [TestMethod]
    public void Model_parameters_hold_the_trained_weights()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context, options => options.LearnInitialEmbedding = true);
        var transformer = Assert.IsInstanceOfType<ISingleFeaturePredictionTransformer<NextTokenDiscriminatorModelParameters>>(scorer);
        var model = transformer.Model;

        Assert.AreEqual("Combined", transformer.FeatureColumnName);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 0, Samples.Dimension), transformer.FeatureColumnType);
        Assert.AreEqual(scorer.Config, model.Config);
        Assert.AreSequenceEqual(scorer.InitialEmbedding!.Value, model.InitialEmbedding!.Value);
        Expect.SameWeights(scorer.Weights(), model.Names.ToDictionary(name => name, name => model.Values(name).ToArray()));
        using var network = model.CreateNetwork();
        Expect.SameWeights(scorer.Weights(), network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.data<float>().ToArray()));
        Expect.Error<ArgumentException>(() => model.Values("head"), "head.weight", "found 'head'");
    }

    [TestMethod]
    public void Permutation_feature_importance_finds_the_deciding_value()
    {
        var context = new MLContext(seed: 1);
        var stage = context.Transforms.NextTokenDiscriminator().Fit(TinyRow.View(context, 300, seed: 1));
        var view = stage.Transform(TinyRow.View(context, 300, seed: 1));
        using var scorer = Trainers.Small(context, options => (options.ModelDimension, options.Epochs) = (8, 20)).Fit(view);
        using var stream = new MemoryStream();
        context.Model.Save(scorer, view.Schema, stream);
        stream.Position = 0;
        // A loaded model is an ITransformer; that it predicts is found by a cast, as with ML.NET's own.
        var loaded = (ISingleFeaturePredictionTransformer<object>)context.Model.Load(stream, out _);

        var test = stage.Transform(TinyRow.View(context, 200, seed: 2));
        var importance = context.BinaryClassification.PermutationFeatureImportance(loaded, test);

        // Each value of the combined column, 2T * C.
        Assert.HasCount(8, importance);
        var drops = importance.Select(metrics => -metrics.AreaUnderRocCurve.Mean).ToArray();
        var written = string.Join(", ", drops);
        Assert.IsGreaterThan(0.3, drops[TinyRow.DecidingSlot], written);
        for (var slot = 0; slot < drops.Length; slot++)
            Assert.IsTrue(slot == TinyRow.DecidingSlot || drops[slot] < 0.1, written);
    }

    [TestMethod]
    public void Pipeline_is_fitted_with_validation_rows()
    {
        var context = new MLContext(seed: 1);
        var front = context.Transforms.NormalizeMinMax("PreviousEmbeddings").Append(context.Transforms.NextTokenDiscriminator());
        var (training, validation) = (Samples.View(context, 40), Samples.View(context, 20, seed: 2));
        var trainer = Trainers.Small(context);

        using var model = trainer.Fit(front, training, validation);

        // By hand: the front learns from the training rows alone.
        var fitted = front.Fit(training);
        using var scorer = trainer.Fit(fitted.Transform(training), fitted.Transform(validation));
        Expect.SameWeights(scorer.Weights(), model.LastTransformer.Weights());
        Assert.AreEqual(scorer.History[^1].Validation, model.LastTransformer.History[^1].Validation);
        Expect.Close(
            scorer.Scores(context, fitted.Transform(validation)), model.Scores(context, validation));
    }

    /// <summary>Two tokens of two values, of which one decides: the first of the second candidate.</summary>
    public sealed class TinyRow
    {
        /// <summary>Its place in the combined sequence: behind two context positions and a candidate.</summary>
        public const int DecidingSlot = 6;

        [VectorType(2, 2)]
        public float[] PreviousEmbeddings { get; set; } = [];

        [VectorType(2, 2)]
        public float[] CurrentEmbeddings { get; set; } = [];

        public bool Label { get; set; }

        public static IDataView View(MLContext context, int count, int seed)
        {
            var random = new Random(seed);
            return context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(_ =>
            {
                var row = new TinyRow { PreviousEmbeddings = Samples.Values(random, 4), CurrentEmbeddings = Samples.Values(random, 4) };
                row.Label = row.CurrentEmbeddings[2] > 0;
                return row;
            }).ToList());
        }
    }
}
