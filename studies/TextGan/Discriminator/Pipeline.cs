using Microsoft.ML;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The ML.NET side: the stage, then the discriminator's trainer.</summary>
internal sealed class Pipeline
{
    private const string CombinedColumnName = "Combined";
    private const string MaskColumnName = "Mask";

    private readonly MLContext _mlContext;
    private readonly Preset _preset;

    public Pipeline(MLContext mlContext, Preset preset)
    {
        _mlContext = mlContext;
        _preset = preset;
    }

    /// <summary>The stage alone: what training loops take their tensors from.</summary>
    /// <param name="table">What stands in the place of a token before the first comes from here.</param>
    public NextTokenDiscriminatorEstimator Stage(EmbeddingTable table) =>
        _mlContext.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
        {
            OutputColumnName = CombinedColumnName,
            MaskColumnName = MaskColumnName,
            PreviousColumnName = nameof(GanRow.PreviousEmbeddings),
            CurrentColumnName = nameof(GanRow.CurrentEmbeddings),
            InitialEmbedding = table.Average,
        });

    /// <summary>The trainer, which learns from every token by itself.</summary>
    /// <param name="seed">Decides its first weights, the order of rows and dropout.</param>
    /// <param name="epochs">Its epochs.</param>
    /// <param name="onEpoch">Told of each.</param>
    /// <param name="checkpoint">A file to go on from; null: none.</param>
    /// <param name="cancellation">Stops it.</param>
    public NextTokenDiscriminatorTrainer Trainer(
        int seed, int epochs, Action<EpochResult> onEpoch, string? checkpoint, CancellationToken cancellation) =>
        _mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            LabelColumnName = nameof(GanRow.TokenLabels),
            FeatureColumnName = CombinedColumnName,
            MaskColumnName = MaskColumnName,
            Layers = _preset.Layers,
            FeedForwardDimension = _preset.FeedForward,
            Dropout = _preset.Dropout,
            Epochs = epochs,
            // Rows of different passes overlap: some kept for validation would be known from others.
            ValidationFraction = 0,
            LearningRate = _preset.DiscriminatorRate,
            Seed = seed,
            CheckpointPath = checkpoint,
        }, onEpoch, cancellationToken: cancellation);

    /// <summary>The sizes that the trainer gives the network.</summary>
    public DiscriminatorConfig Shape(EmbeddingTable table, Story story) => new()
    {
        EmbeddingDimension = table.Dimension,
        MaxTokens = story.Tokens,
        Layers = _preset.Layers,
        FeedForwardDimension = _preset.FeedForward,
        Dropout = _preset.Dropout,
    };

    /// <summary>A scorer around a network that the rounds trained.</summary>
    public NextTokenDiscriminatorScorer Scorer(DiscriminatorNetwork network) => Trainer(0, _preset.DiscriminatorEpochs, _ => { }, null, default).CreateScorer(network);
}
