using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>The pipeline of the tour. This is what a program of your own needs.</summary>
internal static class Pipeline
{
    /// <summary>The combined sequence under the name that the next stage, a discriminator's trainer, would read.</summary>
    public const string FeaturesColumnName = "Features";

    /// <summary>Fits the pipeline. T and C come from the types of the two input columns.</summary>
    /// <param name="mlContext">The context; its GPU settings count when data is transformed.</param>
    /// <param name="data">The data, with the columns PreviousEmbeddings and CurrentEmbeddings, (T, C).</param>
    /// <param name="initialEmbedding">What stands in the place of a token before the first, C values.</param>
    public static ITransformer Fit(MLContext mlContext, IDataView data, float[] initialEmbedding)
    {
        var pipeline = mlContext.Transforms
            .NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
            {
                OutputColumnName = "Combined",
                MaskColumnName = "Mask",
                PreviousColumnName = nameof(WindowRow.PreviousEmbeddings),
                CurrentColumnName = nameof(WindowRow.CurrentEmbeddings),
                InitialEmbedding = initialEmbedding,
            })
            .Append(mlContext.Transforms.CopyColumns(FeaturesColumnName, "Combined"));

        return pipeline.Fit(data);
    }

    /// <summary>The dimensions of a vector column, as its type says them.</summary>
    public static IReadOnlyList<int> Shape(IDataView view, string columnName) =>
        view.Schema[columnName].Type is VectorDataViewType type ? type.Dimensions : [];
}
