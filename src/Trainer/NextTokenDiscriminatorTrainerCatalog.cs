using MlNetNtd;

// The namespace of ML.NET's own extension methods, so that these are visible wherever MLContext is.
namespace Microsoft.ML;

/// <summary>Extension methods of <c>mlContext.BinaryClassification.Trainers</c> that create the trainer.</summary>
public static class NextTokenDiscriminatorTrainerCatalog
{
    /// <summary>
    /// Creates a trainer of a transformer encoder that distinguishes real candidate tokens from generated ones, given the real tokens
    /// before them.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.BinaryClassification.Trainers</c>.</param>
    /// <param name="labelColumnName">The name of the label column: Boolean, one per row, or Vector&lt;Boolean&gt;, one per token.</param>
    /// <param name="featureColumnName">The name of the column of combined sequences, Vector&lt;Single, 2T, C&gt;, as the transform writes it.</param>
    /// <param name="maskColumnName">
    /// The name of the mask column, vectors of (2T)² values. Boolean: of the kind that the column's annotation says; without one,
    /// <c>true</c> = may NOT attend, which the options can change. Single: added to the attention scores. Empty or null: the
    /// annotations of the feature column apply, and without any the next-token rule.
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
    /// Creates a trainer of a transformer encoder that distinguishes real candidate tokens from generated ones, given the real tokens
    /// before them, with all options.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.BinaryClassification.Trainers</c>.</param>
    /// <param name="options">The options.</param>
    /// <param name="onEpoch">Called after each epoch, on the thread that trains; may be null.</param>
    /// <param name="progress">
    /// Receives progress within epochs, every <see cref="NextTokenDiscriminatorTrainer.Options.ProgressSeconds"/> seconds; may be null.
    /// </param>
    /// <param name="cancellationToken">Stops <c>Fit</c> within one batch, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range, or two options contradict each other.</exception>
    public static NextTokenDiscriminatorTrainer NextTokenDiscriminator(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, NextTokenDiscriminatorTrainer.Options options,
        Action<EpochResult>? onEpoch = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new NextTokenDiscriminatorTrainer(catalog.Environment(), options, onEpoch, progress, cancellationToken);
    }
}
