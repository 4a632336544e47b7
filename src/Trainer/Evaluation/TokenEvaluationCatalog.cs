using MlNetNtd;

// The namespace of ML.NET's own extension methods, so that these are visible wherever MLContext is.
namespace Microsoft.ML;

/// <summary>Extension methods of <c>mlContext.BinaryClassification</c> that evaluate token scores.</summary>
public static class TokenEvaluationCatalog
{
    /// <summary>Evaluates scored data per token, overall and by position. <c>Evaluate</c> does the same per row.</summary>
    /// <param name="catalog">The catalog: <c>mlContext.BinaryClassification</c>.</param>
    /// <param name="data">The output of a discriminator's <c>Transform</c>.</param>
    /// <param name="labelColumnName">
    /// The name of the label column: Vector&lt;Boolean&gt;, one per token, or Boolean, one per row, which applies to each of the row's tokens.
    /// </param>
    /// <param name="tokenScoresColumnName">
    /// The name of the score column, Vector&lt;Single&gt; with a logit per token. NaN after a row's last score is padding. Rows without a
    /// score are ignored with a warning.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidRowException">A row does not have one label per token, or has NaN before its last score.</exception>
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
