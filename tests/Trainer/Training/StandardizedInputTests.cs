using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Training standardizes its inputs: the scale and origin of embeddings do not matter, and the scorer takes them as they are.</summary>
[TestClass]
public sealed class StandardizedInputTests
{
    private const int Rows = 200;

    /// <summary>A power of two changes no mantissa, so not one bit of the training changes.</summary>
    [TestMethod]
    [DataRow(EngineKind.Managed, 0.015625f)]
    [DataRow(EngineKind.Torch, 64f)]
    public void Training_is_the_same_to_the_last_bit_when_embeddings_are_scaled_by_a_power_of_two(EngineKind engine, float scale)
    {
        var expected = History(engine, value => value);

        var found = History(engine, value => scale * value);

        CollectionAssert.AreEqual(expected.Select(Metrics).ToArray(), found.Select(Metrics).ToArray());

        static (DiscriminatorMetrics, DiscriminatorMetrics?) Metrics(EpochResult epoch) => (epoch.Training, epoch.Validation);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed, 0.02f)]
    [DataRow(EngineKind.Managed, 100f)]
    [DataRow(EngineKind.Torch, 0.02f)]
    [DataRow(EngineKind.Torch, 100f)]
    public void Training_is_the_same_up_to_rounding_when_embeddings_are_scaled(EngineKind engine, float scale)
    {
        var expected = History(engine, value => value);

        var found = History(engine, value => scale * value);

        for (var epoch = 0; epoch < expected.Length; epoch++)
        {
            Assert.AreEqual(expected[epoch].Validation!.Loss, found[epoch].Validation!.Loss, 1e-4, $"Epoch {epoch}");
            Assert.AreEqual(expected[epoch].Validation!.AreaUnderRocCurve, found[epoch].Validation!.AreaUnderRocCurve, 2e-3, $"Epoch {epoch}");
        }
    }

    /// <summary>
    /// The origin shows in one place alone, the transform's initial embedding, which does not move along, so training is not quite the same.
    /// </summary>
    [TestMethod]
    [DataRow(EngineKind.Managed, 1f)]
    [DataRow(EngineKind.Managed, -60f)]
    [DataRow(EngineKind.Torch, 60f)]
    public void Shifted_embeddings_are_learned_as_well(EngineKind engine, float shift) =>
        Assert.AreEqual(BestAuc(History(engine, value => value)), BestAuc(History(engine, value => value + shift)), 0.01);

    /// <summary>The first dimension, which tells real from generated, has another unit than the others.</summary>
    [TestMethod]
    public void Dimension_of_another_unit_is_learned_as_well() => Assert.AreEqual(
        BestAuc(History(EngineKind.Managed, value => value)),
        BestAuc(History(EngineKind.Managed, value => value, values =>
        {
            for (var i = 0; i < values.Length; i++)
                values[i] *= i % Samples.Dimension == 0 ? 0.1f : 100;
        })), 0.01);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Embeddings_of_unit_length_are_learned_as_well(EngineKind engine) =>
        Assert.AreEqual(BestAuc(History(engine, value => value)), BestAuc(History(engine, value => value, Normalize)), 0.01);

    [TestMethod]
    public void Scale_of_embeddings_matters_without_the_option()
    {
        var (whole, small) = (Losses(1), Losses(0.015625f));

        Assert.IsGreaterThan(whole[0] + 0.01, small[0], "Small embeddings are learned late.");

        static double[] Losses(float scale) =>
            [.. History(EngineKind.Managed, value => scale * value, configure: options => options.StandardizeInputs = false).Select(epoch => epoch.Validation!.Loss)];
    }

    [TestMethod]
    [DataRow(EngineKind.Managed, false)]
    [DataRow(EngineKind.Torch, false)]
    [DataRow(EngineKind.Managed, true)]
    public void Scorer_takes_embeddings_as_they_are(EngineKind engine, bool learnsInitialEmbedding)
    {
        var context = new MLContext(seed: 1);
        var view = View(context, value => 5 * value + 30);
        using var scorer = Fit(context, view, engine, options => options.LearnInitialEmbedding = learnsInitialEmbedding);

        var scored = context.BinaryClassification.Evaluate(scorer.Transform(view));

        var best = scorer.History.Last(epoch => epoch.IsBest).Validation!;
        Assert.AreEqual(best.AreaUnderRocCurve, scored.AreaUnderRocCurve, 1e-6);
        Assert.AreEqual(best.CalibratedLoss, scored.LogLoss * Math.Log(2), 1e-4);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Training_goes_on_from_the_function_of_a_weight_file(bool learnsInitialEmbedding) => TemporaryFolder.Use(folder =>
    {
        var context = new MLContext(seed: 1);
        var path = Path.Combine(folder, "weights.safetensors");
        var view = View(context, value => 0.1f * value - 4);
        using var first = Fit(context, view, EngineKind.Managed, options => options.LearnInitialEmbedding = learnsInitialEmbedding);
        first.SaveWeights(path);

        // Other rows have other means and spreads, and so small a rate that nothing is learned from them.
        using var second = Fit(context, View(context, value => 20 * value + 7), EngineKind.Managed, options =>
            (options.InitialWeightsPath, options.LearningRate, options.LearnInitialEmbedding) = (path, 1e-30, learnsInitialEmbedding));

        Expect.Close(first.Scores(context, view), second.Scores(context, view));
    });

    [TestMethod]
    public void Best_weights_of_a_failed_training_take_embeddings_as_they_are()
    {
        var context = new MLContext(seed: 1);
        var view = View(context, value => 0.05f * value + 3);
        var error = Expect.Error<DiscriminatorTrainingException>(
            () => Fit(context, view, EngineKind.Managed, options => (options.Epochs, options.WarmupFraction, options.WeightDecay, options.LearningRate) = (300, 0, 300, 1e-2)),
            "no longer a finite number");

        using var best = error.Best!;
        var scored = context.BinaryClassification.Evaluate(best.Transform(view));
        Assert.AreEqual(best.History.Last(epoch => epoch.IsBest).Validation!.AreaUnderRocCurve, scored.AreaUnderRocCurve, 1e-3);
    }

    /// <summary>bfloat16 has 3 digits: the projection has to subtract the mean before embeddings lose theirs.</summary>
    [TestMethod]
    public void Scorer_of_a_bfloat16_network_takes_embeddings_far_from_the_origin()
    {
        var context = new MLContext(seed: 1);
        var view = View(context, value => value + 60);
        using var scorer = Fit(context, view, EngineKind.Torch, options => options.Precision = ComputePrecision.BFloat16);

        var scored = context.BinaryClassification.Evaluate(scorer.Transform(view));

        Assert.AreEqual(scorer.History.Last(epoch => epoch.IsBest).Validation!.AreaUnderRocCurve, scored.AreaUnderRocCurve, 0.01);
    }

    [TestMethod]
    public void Dimensions_that_never_change_are_told_once()
    {
        var warnings = Warnings(out var scorer, row => Set(row, (values, at) => (values[at + 2], values[at + 5]) = (7, -1)));
        using (scorer)
            Assert.AreEqual("Column 'Combined': dimensions 2, 5 of the embeddings (from 0) never change in the training rows, so the network learns nothing from them.", warnings.Single());

        warnings = Warnings(out scorer, row => Set(row, (values, at) => values[at] = row.Label ? 1 : 0));
        using (scorer)
            Assert.IsEmpty(warnings);
    }

    [TestMethod]
    public void Equal_embeddings_are_an_error()
    {
        Expect.Error<InvalidOperationException>(
            () => Warnings(out _, row => Set(row, (values, at) => values.AsSpan(at, Samples.Dimension).Fill(0.1f))),
            "Column 'Combined': expected embeddings that differ, found the same one in every real token of the training rows");
    }

    [TestMethod]
    [DataRow(1e36f)]
    [DataRow(1e-36f)]
    public void Spread_that_leaves_no_room_in_Single_is_an_error(float scale)
    {
        var context = new MLContext(seed: 1);

        Expect.Error<InvalidOperationException>(
            () => Fit(context, View(context, value => scale * value), EngineKind.Managed),
            "Column 'Combined': expected embeddings with a standard deviation from 1E-30 to 1E+30, found", "StandardizeInputs = false");
    }

    private static double BestAuc(ImmutableArray<EpochResult> history) => history.Max(epoch => epoch.Validation!.AreaUnderRocCurve);

    private static ImmutableArray<EpochResult> History(EngineKind engine, Func<float, float> map, Action<float[]>? normalize = null, Action<Options>? configure = null)
    {
        var context = new MLContext(seed: 1);
        using var scorer = Fit(context, View(context, map, normalize), engine, configure, ValidationView(context, map, normalize));
        return scorer.History;
    }

    private static NextTokenDiscriminatorScorer Fit(
        MLContext context, IDataView view, EngineKind engine, Action<Options>? configure = null, IDataView? validation = null)
    {
        var trainer = Trainers.Small(context, options =>
        {
            (options.Engine, options.Epochs, options.Patience, options.ModelDimension, options.LearningRate) = (engine, 8, 0, 16, 5e-3);
            configure?.Invoke(options);
        });
        return validation is null ? trainer.Fit(view, view) : trainer.Fit(view, validation);
    }

    private static IDataView View(MLContext context, Func<float, float> map, Action<float[]>? normalize = null) => View(context, Rows, seed: 1, map, normalize);

    private static IDataView ValidationView(MLContext context, Func<float, float> map, Action<float[]>? normalize = null) => View(context, Rows, seed: 2, map, normalize);

    private static IDataView View(MLContext context, int count, int seed, Func<float, float> map, Action<float[]>? normalize)
    {
        var rows = Samples.Fixed(count, seed);
        foreach (var values in rows.SelectMany(row => new[] { row.PreviousEmbeddings, row.CurrentEmbeddings }))
        {
            normalize?.Invoke(values);
            for (var i = 0; i < values.Length; i++)
                values[i] = map(values[i]);
        }

        return Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
    }

    private static void Normalize(float[] values)
    {
        for (var token = 0; token < values.Length; token += Samples.Dimension)
        {
            var embedding = values.AsSpan(token, Samples.Dimension);
            var squares = 0f;
            foreach (var value in embedding)
                squares += value * value;
            foreach (ref var value in embedding)
                value /= MathF.Sqrt(squares);
        }
    }

    private static void Set(TokenRow row, Action<float[], int> set)
    {
        foreach (var values in new[] { row.PreviousEmbeddings, row.CurrentEmbeddings })
        {
            for (var at = 0; at < values.Length; at += Samples.Dimension)
                set(values, at);
        }
    }

    private static List<string> Warnings(out NextTokenDiscriminatorScorer scorer, Action<TokenRow> change)
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        var rows = Samples.Fixed(40);
        rows.ForEach(change);
        scorer = Trainers.Small(context).Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));
        return warnings;
    }
}
