using Microsoft.ML.SearchSpace;

namespace MlNetNtd;

/// <summary>
/// What an AutoML experiment searches of <see cref="NextTokenDiscriminatorTrainer.Options"/>, with ranges. Values are the
/// trainer's defaults to begin with, and those are where a search begins.
/// </summary>
/// <remarks>
/// Rates and decay are searched by order of magnitude. <c>new SearchSpace&lt;NextTokenDiscriminatorParameters&gt;()</c> is a
/// search space whose entries, by property name, can be replaced or removed; one that is removed stays at its value here.
/// </remarks>
public sealed class NextTokenDiscriminatorParameters
{
    /// <summary>The highest learning rate, 0.0001 to 0.01.</summary>
    [Range(1e-4, 1e-2, 1e-3, logBase: true)]
    public double LearningRate { get; set; } = 1e-3;

    /// <summary>AdamW's weight decay, 0.0001 to 1.</summary>
    [Range(1e-4, 1.0, 0.01, logBase: true)]
    public double WeightDecay { get; set; } = 0.01;

    /// <summary>The share of all steps in which the learning rate rises, 0 to 0.3.</summary>
    [Range(0.0, 0.3, 0.1)]
    public double WarmupFraction { get; set; } = 0.1;

    /// <summary>Rows per step.</summary>
    [Choice([8, 16, 32, 64, 128], 32)]
    public int BatchSize { get; set; } = 32;

    /// <summary>Encoder layers, 1 to 4.</summary>
    [Range(1, 4, 2)]
    public int Layers { get; set; } = 2;

    /// <summary>
    /// D, the width inside the network, a multiple of every number of heads. The trainer's default where C is at most 64; for
    /// longer embeddings wider networks may be worth an entry of their own.
    /// </summary>
    [Choice([32, 64, 128, 256], 64)]
    public int ModelDimension { get; set; } = 64;

    /// <summary>Attention heads.</summary>
    [Choice([1, 2, 4, 8], 4)]
    public int Heads { get; set; } = 4;

    /// <summary>The width of each layer's feed-forward part, as a multiple of D.</summary>
    [Choice([1, 2, 4], 4)]
    public int FeedForwardFactor { get; set; } = 4;

    /// <summary>The share of values left out at random while training, 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.1)]
    public double Dropout { get; set; } = 0.1;

    /// <summary>Whether the embedding of position 0 is learned with the network.</summary>
    [BooleanChoice(false)]
    public bool LearnInitialEmbedding { get; set; }

    /// <summary>The trainer's options with these values in them.</summary>
    /// <param name="options">All the rest: columns, epochs, seed. Not changed.</param>
    public NextTokenDiscriminatorTrainer.Options In(NextTokenDiscriminatorTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var copy = options.Copy();
        copy.LearningRate = LearningRate;
        copy.WeightDecay = WeightDecay;
        copy.WarmupFraction = WarmupFraction;
        copy.BatchSize = BatchSize;
        copy.Layers = Layers;
        copy.ModelDimension = ModelDimension;
        copy.Heads = Heads;
        copy.FeedForwardDimension = ModelDimension * FeedForwardFactor;
        copy.Dropout = Dropout;
        copy.LearnInitialEmbedding = LearnInitialEmbedding;
        return copy;
    }
}
