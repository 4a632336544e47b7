using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck.Fluent;
using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorEstimator.Options;

namespace MlNetNtd.Tests;

/// <summary>Options survive JSON, as hyperparameter searches need.</summary>
[TestClass]
public sealed class OptionsSerializationTests
{
    private const int Tokens = 4;
    private const int Dimension = 3;

    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    [TestMethod]
    public void Json_without_nulls_gives_the_same_transform() => Property.Check(
        Gen.Choose(0, int.MaxValue - 1).Select(Valid),
        options =>
        {
            var expected = Behaviour(options);
            Assert.AreEqual(expected, Behaviour(Rewrite(options, WithoutNulls)), JsonSerializer.Serialize(options, WithoutNulls));
            Assert.AreEqual(expected, Behaviour(Rewrite(options, JsonSerializerOptions.Default)));
        },
        count: 300);

    [TestMethod]
    public void Null_and_the_unset_value_both_mean_none()
    {
        var nulls = new Options { MaskColumnName = null };
        var values = new Options
        {
            MaskColumnName = "",
            TokenCountColumnName = "",
            EmbeddingDimension = 0,
            MaxTokens = 0,
            InitialEmbedding = [],
            BatchSize = 0,
        };

        Assert.AreEqual(Behaviour(nulls), Behaviour(values));
        Assert.Contains("mask ; ", Behaviour(values));
    }

    private static Options Valid(int seed)
    {
        var random = new Random(seed);
        T? Pick<T>(params T?[] choices) => choices[random.Next(choices.Length)];

        var options = new Options
        {
            OutputColumnName = Pick("Combined", "Both")!,
            TokenCountColumnName = Pick(null, "", "Count"),
            EmbeddingDimension = Pick<int?>(null, 0, Dimension),
            InitialEmbedding = Pick(null, [], new float[] { 0.1f, -2.5e-30f, 3 }),
            MaskKind = Pick(Enum.GetValues<MaskKind>()),
            PadToMaxTokens = random.Next(2) == 0,
            TruncateToMaxTokens = random.Next(2) == 0,
            Engine = Pick(EngineKind.Auto, EngineKind.Managed),
            BatchSize = Pick<int?>(null, 0, 7),
        };
        options.MaxTokens = options.PadToMaxTokens || options.TruncateToMaxTokens ? Tokens + random.Next(3) : Pick<int?>(null, 0, Tokens + 2);
        // One in four keeps the default.
        if (random.Next(4) > 0)
            options.MaskColumnName = Pick(null, "", "May");
        return options;
    }

    private static Options Rewrite(Options options, JsonSerializerOptions how) =>
        JsonSerializer.Deserialize<Options>(JsonSerializer.Serialize(options, how), how)!;

    // Everything that a fitted transformer tells about itself.
    private static string Behaviour(Options options)
    {
        using var stage = new MLContext(seed: 1).Transforms.NextTokenDiscriminator(options).Fit(Views.Known(Sequences.Pairs(2, Tokens, Dimension), Tokens, Dimension));
        var embedding = string.Join(' ', ((IEnumerable<float>)stage.InitialEmbedding).Select(BitConverter.SingleToInt32Bits));
        return $"{stage.OutputColumnName}; mask {stage.MaskColumnName}; count {stage.TokenCountColumnName}; {stage.PreviousColumnName}; "
            + $"{stage.CurrentColumnName}; {stage.EmbeddingDimension}; {stage.MaxTokens}; {stage.MaskKind}; {stage.PadToMaxTokens}; {stage.TruncateToMaxTokens}; "
            + $"{stage.Engine}; batch {stage.BatchSize}; {embedding}";
    }
}
