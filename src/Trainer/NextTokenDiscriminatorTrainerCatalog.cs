using MlNetNtd;

// Where ML.NET's own extension methods are: whoever has an MLContext sees these too.
namespace Microsoft.ML;

/// <summary>Puts the trainer where users look for it: <c>mlContext.BinaryClassification.Trainers</c>.</summary>
public static class NextTokenDiscriminatorTrainerCatalog
{
    /// <summary>
    /// Trains a transformer encoder to tell true candidate tokens from false ones by the true tokens before them.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.BinaryClassification.Trainers</c>.</param>
    /// <param name="labelColumnName">The label: Boolean, one per row, or Vector&lt;Boolean&gt;, one per token.</param>
    /// <param name="featureColumnName">The combined sequences, Vector&lt;Single, 2T, C&gt;, as the stage writes them.</param>
    /// <param name="maskColumnName">
    /// The masks, a vector of (2T)² values: Boolean, in the kind that the column says (where it does not,
    /// <c>true</c> = may NOT attend, which the options can change), or Single, added to the attention scores. Empty or null:
    /// what the feature column says, and where it says nothing the next-token rule.
    /// </param>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public static NextTokenDiscriminatorTrainer NextTokenDiscriminator(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = NextTokenDiscriminatorTrainer.Defaults.LabelColumnName,
        string featureColumnName = NextTokenDiscriminatorTrainer.Defaults.FeatureColumnName,
        string? maskColumnName = NextTokenDiscriminatorTrainer.Defaults.MaskColumnName) =>
        catalog.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            MaskColumnName = maskColumnName,
        });

    /// <summary>
    /// Trains a transformer encoder to tell true candidate tokens from false ones by the true tokens before them, with
    /// every option.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.BinaryClassification.Trainers</c>.</param>
    /// <param name="options">The options.</param>
    /// <param name="onEpoch">Told of each epoch when it is over, on the thread that trains; null: nobody.</param>
    /// <param name="progress">Told within epochs, every <see cref="NextTokenDiscriminatorTrainer.Options.ProgressSeconds"/>; null: nobody.</param>
    /// <param name="cancellationToken">Stops <c>Fit</c> within one batch, by an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two contradict each other.</exception>
    public static NextTokenDiscriminatorTrainer NextTokenDiscriminator(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, NextTokenDiscriminatorTrainer.Options options,
        Action<EpochResult>? onEpoch = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new NextTokenDiscriminatorTrainer(catalog.Environment(), options, onEpoch, progress, cancellationToken);
    }
}
