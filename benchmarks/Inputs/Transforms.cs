using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Creates fitted transforms.</summary>
internal static class Transforms
{
    /// <summary>Fits a transformer to an input, with options that the benchmark changes.</summary>
    public static NextTokenDiscriminatorTransformer Fit(
        IDataView input, Shape shape, Action<NextTokenDiscriminatorEstimator.Options>? configure = null, MLContext? context = null)
    {
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = shape.Dimension, MaxTokens = shape.Tokens };
        configure?.Invoke(options);
        return (context ?? new MLContext(seed: 1)).Transforms.NextTokenDiscriminator(options).Fit(input);
    }

    /// <summary>Creates a view of an input with both output columns.</summary>
    public static IDataView Transform(IDataView input, Shape shape, EngineKind engine, int? batchSize = null) =>
        Fit(input, shape, options => (options.Engine, options.BatchSize) = (engine, batchSize)).Transform(input);

    /// <summary>Computes the default rows per block of the Torch engine on the CPU, as the option's documentation gives them.</summary>
    public static int BlockRows(Shape shape) => Math.Clamp((128 << 10) / (shape.HalfValues * sizeof(float)), 1, 1024);
}
