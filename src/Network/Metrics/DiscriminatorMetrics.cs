using System.Globalization;

namespace MlNetNtd;

/// <summary>Metrics of how well a discriminator separates real from generated rows, or tokens if labels are per token.</summary>
/// <param name="Loss">
/// The mean binary cross-entropy in nats, of rows or of tokens, as training minimizes it (<see cref="LossKind"/>).
/// </param>
/// <param name="Accuracy">The fraction whose logit has the right sign.</param>
/// <param name="AreaUnderRocCurve">
/// The probability that a real row or token scores above a generated one; NaN if all labels are the same.
/// </param>
public sealed record DiscriminatorMetrics(double Loss, double Accuracy, double AreaUnderRocCurve)
{
    /// <summary>
    /// Gets the maximum error of <see cref="AreaUnderRocCurve"/>: 0 for up to 262,144 rows (or tokens), whose scores are kept. With
    /// more, logits that differ by less than 1/512 are counted together.
    /// </summary>
    public double AreaUnderRocCurveError { get; init; }

    /// <summary>
    /// Gets the temperature by which logits are divided before they become probabilities, fitted on these rows (or tokens); 1 where none
    /// was fitted: on training rows, or where all labels are the same.
    /// </summary>
    public float Temperature { get; init; } = 1;

    /// <summary>
    /// Gets the mean binary cross-entropy in nats of the probabilities at that <see cref="Temperature"/>, of what accuracy and AUC count;
    /// <see cref="Loss"/> where no temperature was fitted.
    /// </summary>
    public double CalibratedLoss { get; init; }

    /// <summary>
    /// Gets the standard error of the AUC of a discriminator that knows nothing, sqrt((n + 1) / (12 * real * generated)): an AUC within
    /// twice this of 0.5 may be chance. Tokens of one row depend on each other, so theirs is larger. NaN if all labels are the same, and for
    /// candidates that are ranked.
    /// </summary>
    public double ChanceDeviation { get; init; }

    /// <summary>Formats the metrics as one phrase for the log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"loss {Loss:F4}{(Temperature == 1 ? "" : $" ({CalibratedLoss.ToString("F4", CultureInfo.InvariantCulture)} calibrated)")}, accuracy {Accuracy:F4}, AUC {AreaUnderRocCurve:F4}{(AreaUnderRocCurveError == 0 ? "" : $" to {AreaUnderRocCurveError.ToString("G2", CultureInfo.InvariantCulture)}")}");
}
