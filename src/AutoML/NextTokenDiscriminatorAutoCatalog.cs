using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;
using MlNetNtd;

// Where ML.NET's own extension methods are: whoever has an MLContext sees these too.
namespace Microsoft.ML;

/// <summary>Puts the trainer where users of AutoML look for it: <c>mlContext.Auto()</c>.</summary>
public static class NextTokenDiscriminatorAutoCatalog
{
    /// <summary>
    /// The trainer of the next-token discriminator as a part of a sweepable pipeline: append it to the stage, which has nothing
    /// to search itself.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.Auto()</c>.</param>
    /// <param name="labelColumnName">The label. AutoML's own metrics need one per row, Boolean.</param>
    /// <param name="featureColumnName">The combined sequences, Vector&lt;Single, 2T, C&gt;, as the stage writes them.</param>
    /// <param name="maskColumnName">The masks; empty or null: what the feature column says.</param>
    /// <param name="searchSpace">What is searched; null: all of <see cref="NextTokenDiscriminatorParameters"/>.</param>
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

    /// <summary>The same with every option that is not searched: epochs, patience, what is kept for validation, the seed.</summary>
    /// <param name="catalog">The catalog: <c>mlContext.Auto()</c>.</param>
    /// <param name="options">The options. Copied: later changes have no effect, and what is searched is replaced.</param>
    /// <param name="searchSpace">What is searched; null: all of <see cref="NextTokenDiscriminatorParameters"/>.</param>
    /// <param name="onEpoch">Told of each epoch of each trial, on the thread that trains; null: nobody.</param>
    /// <exception cref="ArgumentNullException">The catalog or the options are null.</exception>
    public static SweepableEstimator NextTokenDiscriminator(
        this AutoCatalog catalog,
        NextTokenDiscriminatorTrainer.Options options,
        SearchSpace<NextTokenDiscriminatorParameters>? searchSpace = null,
        Action<EpochResult>? onEpoch = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        var kept = options.Copy();
        return catalog.CreateSweepableEstimator(
            (context, parameters) => context.BinaryClassification.Trainers.NextTokenDiscriminator(parameters.In(kept), onEpoch),
            searchSpace ?? new SearchSpace<NextTokenDiscriminatorParameters>());
    }
}
