using MlNetNtd;

// Where ML.NET's own extension methods are: whoever has an MLContext sees these too.
namespace Microsoft.ML;

/// <summary>Puts the evaluation of tokens where users look for it: <c>mlContext.BinaryClassification</c>.</summary>
public static class TokenEvaluationCatalog
{
    /// <summary>Evaluates scored data per token, as <c>Evaluate</c> does per row: all real tokens, and by position.</summary>
    /// <param name="catalog">The catalog: <c>mlContext.BinaryClassification</c>.</param>
    /// <param name="data">What a discriminator's <c>Transform</c> gave.</param>
    /// <param name="labelColumnName">
    /// The label: Vector&lt;Boolean&gt;, one per token, or Boolean, one per row, which then is that of each of its tokens.
    /// </param>
    /// <param name="tokenScoresColumnName">
    /// A logit per token, Vector&lt;Single&gt;; NaN behind a row's last score is padding; rows without a score are left out with a warning.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidRowException">A row has not one label per token, or a NaN before its last score.</exception>
    public static TokenClassificationMetrics EvaluateTokens(
        this BinaryClassificationCatalog catalog, IDataView data,
        string labelColumnName = NextTokenDiscriminatorTrainer.Defaults.LabelColumnName,
        string tokenScoresColumnName = ScoreColumns.TokenScores)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(tokenScoresColumnName);
        return TokenEvaluation.Evaluate(catalog.Environment(), data, labelColumnName, tokenScoresColumnName);
    }
}
