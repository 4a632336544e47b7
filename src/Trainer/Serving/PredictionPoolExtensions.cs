using Microsoft.ML.Data;
using MlNetNtd;

// The namespace of ML.NET's own extension methods, so that these are visible wherever MLContext is.
namespace Microsoft.ML;

/// <summary>Extension methods of <see cref="MLContext"/> that create prediction pools.</summary>
public static class PredictionPoolExtensions
{
    /// <summary>Creates a thread-safe pool that predicts a row or a list of rows at a time.</summary>
    /// <param name="context">The context.</param>
    /// <param name="model">A fitted or loaded model. The pool does not dispose it, and it must outlive the pool.</param>
    /// <param name="rowSchema">The types of the input columns; null: from the members of <typeparamref name="TRow"/>.</param>
    /// <typeparam name="TRow">The class of the input rows.</typeparam>
    /// <typeparam name="TPrediction">The class of the predictions. Its members name the columns to read.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing from the rows, or has the wrong type or size.</exception>
    public static PredictionPool<TRow, TPrediction> CreatePredictionPool<TRow, TPrediction>(
        this MLContext context, ITransformer model, SchemaDefinition? rowSchema = null)
        where TRow : class
        where TPrediction : class, new() => new(context, model, rowSchema);
}
