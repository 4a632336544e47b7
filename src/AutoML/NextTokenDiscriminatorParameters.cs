using Microsoft.ML.SearchSpace;

namespace MlNetNtd;

/// <summary>
/// The parameters of <see cref="NextTokenDiscriminatorTrainer.Options"/> that an AutoML experiment searches, with their ranges. The
/// search starts at the trainer's defaults.
/// </summary>
/// <remarks>
/// The learning rate and the weight decay are searched on a logarithmic scale.
/// <c>new SearchSpace&lt;NextTokenDiscriminatorParameters&gt;()</c> is a search space whose entries, by property name, can be replaced or
/// removed. A removed parameter keeps its default.
/// </remarks>
public sealed class NextTokenDiscriminatorParameters
{
    /// <summary>Gets or sets the peak learning rate, 0.0001 to 0.01.</summary>
    [Range(1e-4, 1e-2, 2e-3, logBase: true)]
    public double LearningRate { get; set; } = 2e-3;

    /// <summary>Gets or sets AdamW's weight decay, 0.0001 to 1.</summary>
    [Range(1e-4, 1.0, 0.01, logBase: true)]
    public double WeightDecay { get; set; } = 0.01;

    /// <summary>Gets or sets the fraction of all steps in which the learning rate rises, 0 to 0.3.</summary>
    [Range(0.0, 0.3, 0.1)]
    public double WarmupFraction { get; set; } = 0.1;

    /// <summary>Gets or sets the number of rows per step.</summary>
    [Choice([8, 16, 32, 64, 128], 32)]
    public int BatchSize { get; set; } = 32;

    /// <summary>Gets or sets the number of encoder layers, 1 to 4.</summary>
    [Range(1, 4, 2)]
    public int Layers { get; set; } = 2;

    /// <summary>
    /// Gets or sets D, the width of the network, a multiple of every number of heads. 64 is the trainer's default for C up to 64. For
    /// larger C, consider a search space with wider networks.
    /// </summary>
    [Choice([32, 64, 128, 256], 64)]
    public int ModelDimension { get; set; } = 64;

    /// <summary>Gets or sets the number of attention heads.</summary>
    [Choice([1, 2, 4, 8], 4)]
    public int Heads { get; set; } = 4;

    /// <summary>Gets or sets the width of each layer's feed-forward part, as a multiple of D.</summary>
    [Choice([1, 2, 4], 4)]
    public int FeedForwardFactor { get; set; } = 4;

    /// <summary>Gets or sets the dropout rate in training, 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.1)]
    public double Dropout { get; set; } = 0.1;

    /// <summary>Gets or sets whether the network learns the embedding of position 0.</summary>
    [BooleanChoice(false)]
    public bool LearnInitialEmbedding { get; set; }

    /// <summary>Copies the trainer's options and replaces the searched values with these.</summary>
    /// <param name="options">The options that supply everything else: columns, epochs, seed. They do not change.</param>
    /// <returns>The copy.</returns>
    public NextTokenDiscriminatorTrainer.Options ApplyTo(NextTokenDiscriminatorTrainer.Options options)
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
