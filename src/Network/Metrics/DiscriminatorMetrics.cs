using System.Globalization;

namespace MlNetNtd;

/// <summary>How well a set of rows was told apart, by rows, or by tokens where labels are by token.</summary>
/// <param name="Loss">
/// Mean binary cross-entropy, in nats: of rows or of tokens, as training minimizes it
/// (<see cref="LossKind"/>).
/// </param>
/// <param name="Accuracy">The share on the right side of logit 0.</param>
/// <param name="AreaUnderRocCurve">
/// The chance that a true one scores above a false one; NaN where all labels are alike.
/// </param>
public sealed record DiscriminatorMetrics(double Loss, double Accuracy, double AreaUnderRocCurve)
{
    /// <summary>
    /// The most that <see cref="AreaUnderRocCurve"/> can be wrong by: 0 up to 262,144 rows (or tokens), whose scores are held; of more, logits
    /// that differ by less than 1/512 are counted together.
    /// </summary>
    public double AreaUnderRocCurveError { get; init; }

    /// <summary>One phrase for the log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"loss {Loss:F4}, accuracy {Accuracy:F4}, AUC {AreaUnderRocCurve:F4}{(AreaUnderRocCurveError == 0 ? "" : $" to {AreaUnderRocCurveError.ToString("G2", CultureInfo.InvariantCulture)}")}");
}
