using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;
using MlNetNtd;

// ML.NET's own namespace: the methods are visible wherever an MLContext is.
namespace Microsoft.ML;

/// <summary>Extends <c>mlContext.Auto()</c> with the trainer of the next-token discriminator.</summary>
public static class NextTokenDiscriminatorAutoCatalog
{
    /// <summary>
    /// Creates a sweepable estimator of the trainer. Append it to the transform, which has no parameters to search.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.Auto()</c>.</param>
    /// <param name="labelColumnName">The name of the label column. AutoML's metrics need one Boolean label per row.</param>
    /// <param name="featureColumnName">The name of the column of combined sequences, Vector&lt;Single, 2T, C&gt;.</param>
    /// <param name="maskColumnName">The name of the mask column; empty or null to use the annotations of the feature column.</param>
    /// <param name="searchSpace">The search space; null for all of <see cref="NextTokenDiscriminatorParameters"/>.</param>
    /// <returns>The sweepable estimator.</returns>
    public static SweepableEstimator NextTokenDiscriminator(
        this AutoCatalog catalog,
        string labelColumnName = NextTokenDiscriminatorTrainer.Defaults.LabelColumnName,
        string featureColumnName = NextTokenDiscriminatorTrainer.Defaults.FeatureColumnName,
        string? maskColumnName = NextTokenDiscriminatorTrainer.Defaults.MaskColumnName,
        SearchSpace<NextTokenDiscriminatorParameters>? searchSpace = null) =>
        catalog.NextTokenDiscriminator(
            new NextTokenDiscriminatorTrainer.Options
            {
                LabelColumnName = labelColumnName,
                FeatureColumnName = featureColumnName,
                MaskColumnName = maskColumnName,
            },
            searchSpace);

    /// <summary>
    /// Creates a sweepable estimator of the trainer, with options for everything that is not searched, such as epochs, patience, the
    /// validation fraction and the seed.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.Auto()</c>.</param>
    /// <param name="options">The options. The method copies them: later changes have no effect. Searched values replace theirs.</param>
    /// <param name="searchSpace">The search space; null for all of <see cref="NextTokenDiscriminatorParameters"/>.</param>
    /// <param name="onEpoch">Called after each epoch of each trial, on the training thread; null for no callback.</param>
    /// <returns>The sweepable estimator.</returns>
    /// <exception cref="ArgumentNullException">The catalog or the options are null.</exception>
    public static SweepableEstimator NextTokenDiscriminator(
        this AutoCatalog catalog,
        NextTokenDiscriminatorTrainer.Options options,
        SearchSpace<NextTokenDiscriminatorParameters>? searchSpace = null,
        Action<EpochResult>? onEpoch = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        var copy = options.Copy();
        return catalog.CreateSweepableEstimator(
            (context, parameters) => context.BinaryClassification.Trainers.NextTokenDiscriminator(parameters.ApplyTo(copy), onEpoch),
            searchSpace ?? new SearchSpace<NextTokenDiscriminatorParameters>());
    }
}
