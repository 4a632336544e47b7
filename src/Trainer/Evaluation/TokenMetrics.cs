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
    /// <summary>How many tokens of each label were predicted as what.</summary>
    public TokenConfusionMatrix ConfusionMatrix { get; init; }

    /// <summary>
    /// The area under the curve of precision over recall, by ML.NET's estimator but for tokens of one score, which are one step; NaN where
    /// no token is true.
    /// </summary>
    public double AreaUnderPrecisionRecallCurve { get; init; } = double.NaN;

    /// <summary>
    /// The expected calibration error, 0 to 1: how far the probabilities of tokens are from the share of true ones among tokens of like
    /// probability, in 15 equally wide bins (Guo et al., 2017); NaN where there are no tokens.
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
