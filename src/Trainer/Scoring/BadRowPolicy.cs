namespace MlNetNtd;

/// <summary>
/// What a scorer does with a row that it cannot score, because its own checks or the transform before it report an
/// <see cref="InvalidRowException"/>.
/// </summary>
/// <remarks>Training fails at such a row with any value, because a skipped training row would go unnoticed.</remarks>
public enum BadRowPolicy
{
    /// <summary>Reading a score of the row throws the <see cref="InvalidRowException"/>. Other rows are scored.</summary>
    Error,

    /// <summary>
    /// The row's Score, Probability and TokenScores are NaN, ML.NET's missing value, and its PredictedLabel is false. A warning on
    /// <c>MLContext.Log</c> counts such rows and quotes the first one's error. ML.NET's <c>Evaluate</c> and <c>EvaluateTokens</c> ignore
    /// them.
    /// </summary>
    Skip,

    /// <summary>
    /// Of a row of more than MaxTokens tokens, the first MaxTokens tokens are scored; a warning on <c>MLContext.Log</c> counts such rows.
    /// Every other bad row is an error.
    /// </summary>
    Truncate,

    /// <summary>As <see cref="Truncate"/> for rows that are too long, as <see cref="Skip"/> for every other bad row.</summary>
    TruncateOrSkip,
}
