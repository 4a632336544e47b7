using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Makes fitted stages in one line.</summary>
internal static class Stages
{
    /// <summary>A transformer for an input, with the options changed as the benchmark likes.</summary>
    public static NextTokenDiscriminatorTransformer Fit(
        IDataView input, Shape shape, Action<NextTokenDiscriminatorEstimator.Options>? configure = null, MLContext? context = null)
    {
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = shape.Dimension, MaxTokens = shape.Tokens };
        configure?.Invoke(options);
        return (context ?? new MLContext(seed: 1)).Transforms.NextTokenDiscriminator(options).Fit(input);
    }

    /// <summary>An input with both output columns behind it.</summary>
    public static IDataView Transform(IDataView input, Shape shape, EngineKind engine, int? batchSize = null) =>
        Fit(input, shape, options => (options.Engine, options.BatchSize) = (engine, batchSize)).Transform(input);

    /// <summary>Rows a block of the Torch engine on the CPU where no batch size is asked for.</summary>
    public static int BlockRows(Shape shape) => BlockSize.Rows(batchSize: null, shape.HalfValues, gpu: false);
}
