using System.Globalization;

namespace MlNetNtd;

/// <summary>How many tokens of each label were predicted as what: a token is predicted true where its logit is above 0.</summary>
/// <param name="TruePositives">True ones that are predicted true.</param>
/// <param name="FalsePositives">False ones that are predicted true.</param>
/// <param name="FalseNegatives">True ones that are predicted false.</param>
/// <param name="TrueNegatives">False ones that are predicted false.</param>
public readonly record struct TokenConfusionMatrix(int TruePositives, int FalsePositives, int FalseNegatives, int TrueNegatives)
{
    /// <summary>The share of tokens predicted true that are true; 0 where none is predicted true, as ML.NET has it.</summary>
    public double PositivePrecision => Share(TruePositives, FalsePositives);

    /// <summary>The share of true tokens that are predicted true; 0 where none is true, as ML.NET has it.</summary>
    public double PositiveRecall => Share(TruePositives, FalseNegatives);

    /// <summary>The share of tokens predicted false that are false; 0 where none is predicted false, as ML.NET has it.</summary>
    public double NegativePrecision => Share(TrueNegatives, FalseNegatives);

    /// <summary>The share of false tokens that are predicted false; 0 where none is false, as ML.NET has it.</summary>
    public double NegativeRecall => Share(TrueNegatives, FalsePositives);

    /// <summary>
    /// The harmonic mean of <see cref="PositivePrecision"/> and <see cref="PositiveRecall"/>; 0 where both are 0, as ML.NET has it.
    /// </summary>
    public double F1Score => TruePositives == 0 ? 0 : 2 * PositivePrecision * PositiveRecall / (PositivePrecision + PositiveRecall);

    /// <summary>A table: a line a label, a column a prediction.</summary>
    public override string ToString()
    {
        var width = Math.Max("positive".Length, new[] { TruePositives, FalsePositives, FalseNegatives, TrueNegatives }.Max().ToString(CultureInfo.InvariantCulture).Length);
        return string.Join(
            Environment.NewLine,
            Line("predicted", "positive", "negative"), Line("positive", Text(TruePositives), Text(FalseNegatives)), Line("negative", Text(FalsePositives), Text(TrueNegatives)));

        string Line(string label, string positive, string negative) => $"{label,-9}  {positive.PadLeft(width)}  {negative.PadLeft(width)}";
        static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
    }

    private static double Share(int right, int wrong) => right + wrong == 0 ? 0 : (double)right / (right + (double)wrong);
}
