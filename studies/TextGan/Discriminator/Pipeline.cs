using Microsoft.ML;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The transform and the discriminator's trainer.</summary>
internal sealed class Pipeline(MLContext mlContext, Hyperparameters hyperparameters)
{
    private const string CombinedColumnName = "Combined";
    private const string MaskColumnName = "Mask";

    /// <summary>Creates the transform.</summary>
    /// <param name="table">The initial embedding comes from here.</param>
    public NextTokenDiscriminatorEstimator CreateTransform(EmbeddingTable table) =>
        mlContext.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
        {
            OutputColumnName = CombinedColumnName,
            MaskColumnName = MaskColumnName,
            PreviousColumnName = nameof(GanRow.PreviousEmbeddings),
            CurrentColumnName = nameof(GanRow.CurrentEmbeddings),
            InitialEmbedding = table.Average,
        });

    /// <summary>Creates the trainer, which learns from every token.</summary>
    /// <param name="seed">Decides the initial weights, the order of rows and dropout.</param>
    /// <param name="epochs">Its epochs.</param>
    /// <param name="checkpoint">The file of its checkpoint; null: none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public NextTokenDiscriminatorTrainer CreateTrainer(
        int seed, int epochs, string? checkpoint, CancellationToken cancellationToken) =>
        mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            LabelColumnName = nameof(GanRow.TokenLabels),
            FeatureColumnName = CombinedColumnName,
            MaskColumnName = MaskColumnName,
            Layers = hyperparameters.Layers,
            FeedForwardDimension = hyperparameters.FeedForward,
            Dropout = hyperparameters.Dropout,
            Epochs = epochs,
            // Rows of different passes overlap, so training would have seen rows kept for validation.
            ValidationFraction = 0,
            LearningRate = hyperparameters.DiscriminatorRate,
            ProgressSeconds = 0,
            Engine = hyperparameters.Engine,
            Seed = seed,
            CheckpointPath = checkpoint,
        }, cancellationToken: cancellationToken);

    /// <summary>Creates the sizes that the trainer gives the network.</summary>
    public DiscriminatorConfig CreateConfig(EmbeddingTable table, TextDataset dataset) => new()
    {
        EmbeddingDimension = table.Dimension,
        MaxTokens = dataset.Tokens,
        Layers = hyperparameters.Layers,
        FeedForwardDimension = hyperparameters.FeedForward,
        Dropout = hyperparameters.Dropout,
    };

    /// <summary>Copies a network; the copy is the caller's to dispose.</summary>
    /// <param name="network">The network.</param>
    /// <param name="device">The copy's device.</param>
    /// <param name="seed">Decides the copy's dropout.</param>
    public DiscriminatorNetwork Copy(DiscriminatorNetwork network, Device device, int seed)
    {
        using var scorer = CreateScorer(network);
        return scorer.CreateNetwork(device, seed);
    }

    /// <summary>Creates a scorer around a network.</summary>
    public NextTokenDiscriminatorScorer CreateScorer(DiscriminatorNetwork network) =>
        CreateTrainer(0, hyperparameters.DiscriminatorEpochs, null, default).CreateScorer(network);
}
