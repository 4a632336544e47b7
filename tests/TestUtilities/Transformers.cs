using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Fits the transform in one line.</summary>
internal static class Transformers
{
    /// <summary>A transformer for a view, with the options changed as the test likes.</summary>
    public static NextTokenDiscriminatorTransformer Fit(
        IDataView view, Action<NextTokenDiscriminatorEstimator.Options>? configure = null, MLContext? context = null)
    {
        var options = new NextTokenDiscriminatorEstimator.Options();
        configure?.Invoke(options);
        return (context ?? new MLContext(seed: 1)).Transforms.NextTokenDiscriminator(options).Fit(view);
    }
}
