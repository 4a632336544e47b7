namespace MlNetNtd;

/// <summary>
/// Says what a scorer does with a row that it cannot score: an <see cref="InvalidRowException"/> by the scorer's own checks, or by the
/// transform in front of it, whose combined column is read.
/// </summary>
/// <remarks>Training stops at such a row with any value: a row that is not learned from would go unnoticed.</remarks>
public enum BadRowPolicy
{
    /// <summary>Whoever reads a score of the row gets the <see cref="InvalidRowException"/>. Other rows are scored.</summary>
    Error,

    /// <summary>
    /// The row's Score, Probability and TokenScores are NaN, ML.NET's missing value, and its PredictedLabel is false. A warning on
    /// <c>MLContext.Log</c> counts such rows and quotes the first one's error. ML.NET's <c>Evaluate</c> and <c>EvaluateTokens</c> leave
    /// them out.
    /// </summary>
    Skip,

    /// <summary>
    /// A row of more than MaxTokens tokens is scored by its first MaxTokens tokens; a warning on <c>MLContext.Log</c> counts such rows.
    /// Every other bad row is an error.
    /// </summary>
    Truncate,

    /// <summary>As <see cref="Truncate"/> for rows that are too long, as <see cref="Skip"/> for every other bad row.</summary>
    TruncateOrSkip,
}
