using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck.Fluent;
using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Options survive JSON, as hyperparameter searches need.</summary>
[TestClass]
public sealed class OptionsSerializationTests
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    [TestMethod]
    public void Options_from_json_without_nulls_train_the_same()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 12), options => options.TokenCountColumnName = "Count");

        Property.Check(
            Gen.Choose(0, int.MaxValue - 1).Select(Valid),
            options =>
            {
                using var expected = Fit(options);
                using var found = Fit(Rewrite(options, WithoutNulls));

                Assert.AreEqual(
                    (expected.FeatureColumnName, expected.MaskColumnName, expected.TokenCountColumnName, expected.MaskKind, expected.BatchSize, expected.Config),
                    (found.FeatureColumnName, found.MaskColumnName, found.TokenCountColumnName, found.MaskKind, found.BatchSize, found.Config));
                Assert.AreEqual(
                    (expected.BadRowPolicy, expected.PadTokenScores, expected.TokenProbabilities), (found.BadRowPolicy, found.PadTokenScores, found.TokenProbabilities));
                Assert.HasCount(expected.History.Length, found.History);
                Expect.SameWeights(expected.Weights(), found.Weights());
            },
            count: 30);

        NextTokenDiscriminatorScorer Fit(Options options) => context.BinaryClassification.Trainers.NextTokenDiscriminator(options).Fit(view);
    }

    /// <summary>Covers every option of trainer and transform: a null that is not the default would come back as the default.</summary>
    [TestMethod]
    public void Option_set_to_null_takes_its_default()
    {
        foreach (var options in new object[] { new Options(), new NextTokenDiscriminatorEstimator.Options() })
        {
            foreach (var option in options.GetType().GetProperties().Where(option => AcceptsNull(option) && option.GetValue(options) is not null))
            {
                option.SetValue(options, null);
                Assert.IsNotNull(option.GetValue(options), option.Name);
            }
        }

        static bool AcceptsNull(PropertyInfo option) => new NullabilityInfoContext().Create(option).WriteState == NullabilityState.Nullable;
    }

    [TestMethod]
    public void Unset_value_survives_json()
    {
        var written = Rewrite(new Options { MaskColumnName = null, MaxGradientNorm = null, Patience = null }, WithoutNulls);

        Assert.AreEqual("", written.MaskColumnName);
        Assert.AreEqual(0.0, written.MaxGradientNorm);
        Assert.AreEqual(0, written.Patience);
        Assert.AreEqual(
            0.0, Rewrite(new DiscriminatorLearnerOptions { MaxGradientNorm = null }, WithoutNulls).MaxGradientNorm);
    }

    /// <summary>Small and quick, with every way to say "none".</summary>
    private static Options Valid(int seed)
    {
        var random = new Random(seed);
        T? Pick<T>(params T?[] choices) => choices[random.Next(choices.Length)];

        var options = new Options
        {
            TokenCountColumnName = Pick(null, "", "Count"),
            ExampleWeightColumnName = Pick(null, ""),
            EmbeddingDimension = Pick<int?>(null, 0, Samples.Dimension),
            MaxTokens = Pick<int?>(null, 0, TokenRow.Tokens + 1),
            ModelDimension = Pick<int?>(null, 0, 4),
            Heads = Pick<int?>(null, 0, 2),
            Layers = 1,
            FeedForwardDimension = Pick<int?>(null, 0, 6),
            Dropout = Pick(0, 0.1),
            LearnInitialEmbedding = random.Next(2) == 0,
            Epochs = 3,
            BatchSize = Pick(4, 32),
            // So high that clipping and patience make a difference.
            LearningRate = 0.3,
            ValidationFraction = Pick(0, 0.25),
            Seed = 1,
            InitialWeightsPath = Pick(null, ""),
            BadRowPolicy = Pick(Enum.GetValues<BadRowPolicy>()),
            PadTokenScores = random.Next(2) == 0,
            TokenProbabilities = random.Next(2) == 0,
        };
        // Some keep the defaults.
        if (random.Next(3) > 0)
            options.MaskColumnName = Pick(null, "", "Mask");
        if (random.Next(3) > 0)
            options.MaxGradientNorm = Pick<double?>(null, 0, 0.1);
        if (random.Next(3) > 0)
            options.Patience = Pick<int?>(null, 0, 1);
        return options;
    }

    private static T Rewrite<T>(T options, JsonSerializerOptions how) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(options, how), how)!;
}
