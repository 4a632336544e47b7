using System.Collections.Immutable;
using System.Globalization;

namespace MlNetNtd;

/// <summary>Metrics of token classification, in the units of ML.NET's <c>BinaryClassificationMetrics</c>.</summary>
/// <param name="Count">The number of scored tokens.</param>
/// <param name="Positives">The number of tokens whose label is true.</param>
/// <param name="Accuracy">The fraction of tokens on the correct side of logit 0; NaN without tokens.</param>
/// <param name="AreaUnderRocCurve">
/// The probability that a positive token scores above a negative one, with equal scores counted half. Exact; NaN if all labels are equal.
/// </param>
/// <param name="LogLoss">The mean of -log2 of the probability of the label, in bits; NaN without tokens.</param>
public sealed record TokenMetrics(int Count, int Positives, double Accuracy, double AreaUnderRocCurve, double LogLoss)
{
    /// <summary>Gets the counts of tokens by label and prediction.</summary>
    public TokenConfusionMatrix ConfusionMatrix { get; init; }

    /// <summary>
    /// Gets the area under the precision-recall curve. The estimator is ML.NET's, except that tokens with equal scores are one step. NaN
    /// without positive tokens.
    /// </summary>
    public double AreaUnderPrecisionRecallCurve { get; init; } = double.NaN;

    /// <summary>
    /// Gets the expected calibration error, 0 to 1: the mean distance between the probabilities of tokens and the fraction of positive
    /// tokens, in 15 bins of equal width (Guo et al., 2017). NaN without tokens.
    /// </summary>
    public double ExpectedCalibrationError { get; init; } = double.NaN;

    /// <inheritdoc cref="TokenConfusionMatrix.PositivePrecision"/>
    public double PositivePrecision => ConfusionMatrix.PositivePrecision;

    /// <inheritdoc cref="TokenConfusionMatrix.PositiveRecall"/>
    public double PositiveRecall => ConfusionMatrix.PositiveRecall;

    /// <inheritdoc cref="TokenConfusionMatrix.NegativePrecision"/>
    public double NegativePrecision => ConfusionMatrix.NegativePrecision;

    /// <inheritdoc cref="TokenConfusionMatrix.NegativeRecall"/>
    public double NegativeRecall => ConfusionMatrix.NegativeRecall;

    /// <inheritdoc cref="TokenConfusionMatrix.F1Score"/>
    public double F1Score => ConfusionMatrix.F1Score;

    /// <summary>Formats the main metrics as one phrase.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} tokens: accuracy {Accuracy:F4}, AUC {AreaUnderRocCurve:F4}, log-loss {LogLoss:F4}");
}

/// <summary>The result of <c>mlContext.BinaryClassification.EvaluateTokens</c>.</summary>
/// <param name="All">The metrics of all scored tokens.</param>
/// <param name="ByPosition">
/// The metrics of the tokens at each position of their rows, from the first position to the last one of the longest row.
/// </param>
public sealed record TokenClassificationMetrics(TokenMetrics All, ImmutableArray<TokenMetrics> ByPosition)
{
    /// <inheritdoc cref="TokenMetrics.Accuracy"/>
    public double Accuracy => All.Accuracy;

    /// <inheritdoc cref="TokenMetrics.AreaUnderRocCurve"/>
    public double AreaUnderRocCurve => All.AreaUnderRocCurve;

    /// <inheritdoc cref="TokenMetrics.LogLoss"/>
    public double LogLoss => All.LogLoss;

    /// <inheritdoc cref="TokenConfusionMatrix.PositivePrecision"/>
    public double PositivePrecision => All.PositivePrecision;

    /// <inheritdoc cref="TokenConfusionMatrix.PositiveRecall"/>
    public double PositiveRecall => All.PositiveRecall;

    /// <inheritdoc cref="TokenConfusionMatrix.NegativePrecision"/>
    public double NegativePrecision => All.NegativePrecision;

    /// <inheritdoc cref="TokenConfusionMatrix.NegativeRecall"/>
    public double NegativeRecall => All.NegativeRecall;

    /// <inheritdoc cref="TokenConfusionMatrix.F1Score"/>
    public double F1Score => All.F1Score;

    /// <inheritdoc cref="TokenMetrics.ConfusionMatrix"/>
    public TokenConfusionMatrix ConfusionMatrix => All.ConfusionMatrix;

    /// <inheritdoc cref="TokenMetrics.AreaUnderPrecisionRecallCurve"/>
    public double AreaUnderPrecisionRecallCurve => All.AreaUnderPrecisionRecallCurve;

    /// <inheritdoc cref="TokenMetrics.ExpectedCalibrationError"/>
    public double ExpectedCalibrationError => All.ExpectedCalibrationError;
}
