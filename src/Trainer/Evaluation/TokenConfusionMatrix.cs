using System.Globalization;

namespace MlNetNtd;

/// <summary>Counts of tokens by label and prediction. The prediction is positive if the logit is above 0.</summary>
/// <param name="TruePositives">The number of positive tokens predicted positive.</param>
/// <param name="FalsePositives">The number of negative tokens predicted positive.</param>
/// <param name="FalseNegatives">The number of positive tokens predicted negative.</param>
/// <param name="TrueNegatives">The number of negative tokens predicted negative.</param>
public readonly record struct TokenConfusionMatrix(int TruePositives, int FalsePositives, int FalseNegatives, int TrueNegatives)
{
    /// <summary>Gets the fraction of tokens predicted positive that are positive; 0 if none is predicted positive, as in ML.NET.</summary>
    public double PositivePrecision => Fraction(TruePositives, FalsePositives);

    /// <summary>Gets the fraction of positive tokens that are predicted positive; 0 if none is positive, as in ML.NET.</summary>
    public double PositiveRecall => Fraction(TruePositives, FalseNegatives);

    /// <summary>Gets the fraction of tokens predicted negative that are negative; 0 if none is predicted negative, as in ML.NET.</summary>
    public double NegativePrecision => Fraction(TrueNegatives, FalseNegatives);

    /// <summary>Gets the fraction of negative tokens that are predicted negative; 0 if none is negative, as in ML.NET.</summary>
    public double NegativeRecall => Fraction(TrueNegatives, FalsePositives);

    /// <summary>
    /// Gets the harmonic mean of <see cref="PositivePrecision"/> and <see cref="PositiveRecall"/>; 0 if both are 0, as in ML.NET.
    /// </summary>
    public double F1Score => TruePositives == 0 ? 0 : 2 * PositivePrecision * PositiveRecall / (PositivePrecision + PositiveRecall);

    /// <summary>Formats the counts as a table with one line per label and one column per prediction.</summary>
    public override string ToString()
    {
        var width = Math.Max("positive".Length, new[] { TruePositives, FalsePositives, FalseNegatives, TrueNegatives }.Max().ToString(CultureInfo.InvariantCulture).Length);
        return string.Join(
            Environment.NewLine,
            Line("predicted", "positive", "negative"), Line("positive", Text(TruePositives), Text(FalseNegatives)), Line("negative", Text(FalsePositives), Text(TrueNegatives)));

        string Line(string label, string positive, string negative) => $"{label,-9}  {positive.PadLeft(width)}  {negative.PadLeft(width)}";
        static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
    }

    private static double Fraction(int count, int rest) => count + rest == 0 ? 0 : (double)count / (count + (double)rest);
}
