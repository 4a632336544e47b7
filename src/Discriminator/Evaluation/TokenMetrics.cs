using System.Collections.Immutable;
using System.Globalization;

namespace MlNetNtd;

/// <summary>How well tokens were told apart, in the units of ML.NET's <c>BinaryClassificationMetrics</c>.</summary>
/// <param name="Count">How many real tokens were judged.</param>
/// <param name="Positives">How many of them are true.</param>
/// <param name="Accuracy">The share on the right side of logit 0; NaN where there are no tokens.</param>
/// <param name="AreaUnderRocCurve">
/// The chance that a true token scores above a false one, equal scores counting half: exact; NaN where all labels are alike.
/// </param>
/// <param name="LogLoss">The mean of -log2 of the probability given to the label, in bits; NaN where there are no tokens.</param>
public sealed record TokenMetrics(int Count, int Positives, double Accuracy, double AreaUnderRocCurve, double LogLoss)
{
    /// <summary>One phrase.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} tokens: accuracy {Accuracy:F4}, AUC {AreaUnderRocCurve:F4}, log-loss {LogLoss:F4}");
}

/// <summary>What <c>mlContext.BinaryClassification.EvaluateTokens</c> found.</summary>
/// <param name="All">All real tokens together.</param>
/// <param name="ByPosition">
/// The tokens of each place in their row, the first of all rows first: as many entries as the longest row has tokens.
/// </param>
public sealed record TokenClassificationMetrics(TokenMetrics All, ImmutableArray<TokenMetrics> ByPosition)
{
    /// <inheritdoc cref="TokenMetrics.Accuracy"/>
    public double Accuracy => All.Accuracy;

    /// <inheritdoc cref="TokenMetrics.AreaUnderRocCurve"/>
    public double AreaUnderRocCurve => All.AreaUnderRocCurve;

    /// <inheritdoc cref="TokenMetrics.LogLoss"/>
    public double LogLoss => All.LogLoss;
}
