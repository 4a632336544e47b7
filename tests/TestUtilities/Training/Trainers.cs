using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Small trainers and their scorers.</summary>
internal static class Trainers
{
    /// <summary>A trainer that is done in a moment: one narrow layer, two epochs, all rows to train on.</summary>
    public static NextTokenDiscriminatorTrainer Small(
        MLContext context, Action<Options>? configure = null, Action<EpochResult>? onEpoch = null, CancellationToken cancellation = default) =>
        context.BinaryClassification.Trainers.NextTokenDiscriminator(SmallOptions(configure), onEpoch, cancellationToken: cancellation);

    public static Options SmallOptions(Action<Options>? configure = null)
    {
        var options = new Options
        {
            ModelDimension = Samples.Dimension,
            Layers = 1,
            FeedForwardDimension = 16,
            Dropout = 0,
            Epochs = 2,
            BatchSize = 16,
            LearningRate = 1e-2,
            ValidationFraction = 0,
            Seed = 1,
        };
        configure?.Invoke(options);
        return options;
    }

    /// <summary>The output view of the transform with its defaults.</summary>
    public static IDataView Transformed(MLContext context, IDataView input, Action<NextTokenDiscriminatorEstimator.Options>? configure = null)
    {
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Samples.Dimension };
        configure?.Invoke(options);
        return context.Transforms.NextTokenDiscriminator(options).Fit(input).Transform(input);
    }

    /// <summary>A scorer trained on fixed rows.</summary>
    public static NextTokenDiscriminatorScorer Fit(MLContext context, Action<Options>? configure = null, int rows = 40) =>
        Small(context, configure).Fit(Transformed(context, Samples.View(context, rows)));

    /// <summary>A scorer whose weights are as they were drawn, for tests of what it reads and refuses.</summary>
    public static NextTokenDiscriminatorScorer Untrained(MLContext context, Action<Options>? configure = null)
    {
        using var network = new DiscriminatorNetwork(
            new DiscriminatorConfig
            {
                EmbeddingDimension = Samples.Dimension,
                MaxTokens = TokenRow.Tokens,
                ModelDimension = Samples.Dimension,
                Layers = 1,
                FeedForwardDimension = 16,
                Dropout = 0,
            },
            seed: 1);
        return Small(context, configure).CreateScorer(network);
    }

    /// <summary>Scores of every row, in order.</summary>
    public static List<Scores> Scores(this ITransformer scorer, MLContext context, IDataView view) =>
        [.. context.Data.CreateEnumerable<Scores>(scorer.Transform(view), reuseRowObject: false)];

    /// <summary>All weights, by name.</summary>
    public static Dictionary<string, float[]> Weights(this NextTokenDiscriminatorScorer scorer)
    {
        using var network = scorer.CreateNetwork();
        return network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.data<float>().ToArray());
    }
}
