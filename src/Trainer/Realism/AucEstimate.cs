using System.Globalization;

namespace MlNetNtd;

/// <summary>An area under the ROC curve with its uncertainty.</summary>
/// <param name="Value">
/// The probability that a real sequence scores above a synthetic one, with equal scores counted half: the mean over the folds. 0.5 means
/// that they cannot be told apart.
/// </param>
/// <param name="Lower">The lower end of the 95% confidence interval.</param>
/// <param name="Upper">The upper end of the 95% confidence interval.</param>
/// <param name="PValue">
/// The fraction of permutations of real and synthetic that reach this value, this order included, 0 to 1: a small one means that the
/// sequences differ. NaN where no permutations were made.
/// </param>
public sealed record AucEstimate(double Value, double Lower, double Upper, double PValue)
{
    /// <summary>Formats the estimate as one phrase.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Value:F3} ({Lower:F3} to {Upper:F3}){(double.IsNaN(PValue) ? "" : $", p = {PValue:G2}")}");
}
