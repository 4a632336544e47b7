using Microsoft.ML;
using Microsoft.ML.SearchSpace;

namespace MlNetNtd.AutoML.Tests;

/// <summary>The search space of the trainer and its defaults.</summary>
[TestClass]
public sealed class SearchSpaceTests
{
    [TestMethod]
    public void Search_begins_at_the_trainer_defaults()
    {
        var options = new NextTokenDiscriminatorTrainer.Options();
        var space = new SearchSpace<NextTokenDiscriminatorParameters>();
        foreach (var parameters in new[] { new NextTokenDiscriminatorParameters(), space.SampleFromFeatureSpace(space.Default) })
        {
            Assert.AreEqual(options.LearningRate, parameters.LearningRate, 1e-12);
            Assert.AreEqual(options.WeightDecay, parameters.WeightDecay, 1e-12);
            Assert.AreEqual(options.WarmupFraction, parameters.WarmupFraction, 1e-12);
            Assert.AreEqual(options.BatchSize, parameters.BatchSize);
            Assert.AreEqual(options.Layers, parameters.Layers);
            Assert.AreEqual(options.Dropout, parameters.Dropout, 1e-12);
            Assert.AreEqual(options.LearnInitialEmbedding, parameters.LearnInitialEmbedding);

            // What the options leave open is what comes of it where C is at most 64.
            var shape = new DiscriminatorConfig { EmbeddingDimension = 64, MaxTokens = 1 }.Resolve();
            var searched = parameters.ApplyTo(options);
            Assert.AreEqual(shape.ModelDimension, searched.ModelDimension);
            Assert.AreEqual(shape.Heads, searched.Heads);
            Assert.AreEqual(shape.FeedForwardDimension, searched.FeedForwardDimension);
        }
    }

    [TestMethod]
    public void Every_property_is_searched_and_every_drawn_value_is_valid()
    {
        var mlContext = new MLContext(1);
        var space = new SearchSpace<NextTokenDiscriminatorParameters>();
        CollectionAssert.AreEquivalent(typeof(NextTokenDiscriminatorParameters).GetProperties().Select(property => property.Name).ToArray(), space.Keys.ToArray());

        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            // The corners too.
            double[] place = [.. Enumerable.Range(0, space.FeatureSpaceDim).Select(_ => i < 100 ? random.NextDouble() : random.Next(2))];
            var parameters = space.SampleFromFeatureSpace(place);
            Assert.AreEqual(0, parameters.ModelDimension % parameters.Heads);
            Assert.IsNotNull(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(parameters.ApplyTo(new NextTokenDiscriminatorTrainer.Options())));
        }
    }

    [TestMethod]
    public void Removed_entry_stays_at_its_default()
    {
        var space = new SearchSpace<NextTokenDiscriminatorParameters>();
        Assert.IsTrue(space.Remove(nameof(NextTokenDiscriminatorParameters.Layers)));
        double[] corner = [.. Enumerable.Repeat(1.0, space.FeatureSpaceDim)];
        var parameters = space.SampleFromFeatureSpace(corner);

        Assert.AreEqual((2, 1e-2), (parameters.Layers, Math.Round(parameters.LearningRate, 9)));
    }

    [TestMethod]
    public void Rates_are_searched_on_a_logarithmic_scale()
    {
        var space = new SearchSpace<NextTokenDiscriminatorParameters>();
        double[] middle = [.. Enumerable.Repeat(0.5, space.FeatureSpaceDim)];
        var parameters = space.SampleFromFeatureSpace(middle);

        Assert.AreEqual(1e-3, parameters.LearningRate, 1e-9);
        Assert.AreEqual(1e-2, parameters.WeightDecay, 1e-9);
    }

    [TestMethod]
    public void Options_that_are_not_searched_keep_their_values_and_the_original_is_unchanged()
    {
        var options = new NextTokenDiscriminatorTrainer.Options { Epochs = 3, Seed = 7, LabelColumnName = "IsTrue", Dropout = 0.3 };
        var searched = new NextTokenDiscriminatorParameters { Dropout = 0.2 }.ApplyTo(options);

        Assert.AreEqual((3, 7, "IsTrue", 0.2), (searched.Epochs!.Value, searched.Seed!.Value, searched.LabelColumnName, searched.Dropout));
        Assert.AreEqual(0.3, options.Dropout);
    }

    [TestMethod]
    public void Parameters_survive_the_JSON_that_an_experiment_writes()
    {
        var parameters = new NextTokenDiscriminatorParameters { LearningRate = 2e-3, Heads = 8, LearnInitialEmbedding = true };
        var back = Parameter.FromObject(parameters).AsType<NextTokenDiscriminatorParameters>();

        Assert.AreEqual((2e-3, 8, true), (back.LearningRate, back.Heads, back.LearnInitialEmbedding));
    }
}
