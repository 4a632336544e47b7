using Microsoft.ML.Data;
using MlNetNtd;

// Where ML.NET's own extension methods are: whoever has an MLContext sees these too.
namespace Microsoft.ML;

/// <summary>Makes pools of prediction engines.</summary>
public static class PredictionPoolExtensions
{
    /// <summary>Predictions for many threads at once, a row or a list of rows at a time.</summary>
    /// <param name="context">The context.</param>
    /// <param name="model">A fitted or loaded model. It stays the caller's, and has to outlive the pool.</param>
    /// <param name="rowSchema">The types of the input columns where the class does not say them; null: the class does.</param>
    /// <typeparam name="TRow">The class of the input rows.</typeparam>
    /// <typeparam name="TPrediction">The class of the predictions: the columns to read, by the names of its members.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">The rows lack a column, or it is of the wrong type or size.</exception>
    public static PredictionPool<TRow, TPrediction> CreatePredictionPool<TRow, TPrediction>(
        this MLContext context, ITransformer model, SchemaDefinition? rowSchema = null)
        where TRow : class
        where TPrediction : class, new() => new(context, model, rowSchema);
}
