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

    /// <summary>Formats the metrics as one phrase for the log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"loss {Loss:F4}, accuracy {Accuracy:F4}, AUC {AreaUnderRocCurve:F4}{(AreaUnderRocCurveError == 0 ? "" : $" to {AreaUnderRocCurveError.ToString("G2", CultureInfo.InvariantCulture)}")}");
}
