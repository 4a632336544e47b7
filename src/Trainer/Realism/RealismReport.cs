using System.Collections.Immutable;
using System.Globalization;

namespace MlNetNtd;

/// <summary>The result of <c>mlContext.BinaryClassification.EvaluateRealism</c>.</summary>
/// <param name="RealSequences">The number of real sequences.</param>
/// <param name="SyntheticSequences">The number of synthetic sequences.</param>
/// <param name="Discriminator">The test by the discriminator, per sequence.</param>
/// <param name="Baseline">The test by the baseline on lagged steps, per sequence.</param>
/// <param name="ByPosition">The discriminator's test at each position, from the first to the last of the longest sequence.</param>
/// <param name="Evidence">The evidence of each synthetic sequence, in the order of the view.</param>
public sealed record RealismReport(
    long RealSequences, long SyntheticSequences, AucEstimate Discriminator, AucEstimate Baseline,
    ImmutableArray<AucEstimate> ByPosition, ImmutableArray<SequenceEvidence> Evidence)
{
    /// <summary>
    /// Gets the score that SDMetrics computes from a detection test's AUC: 1 - (2 * max(AUC, 0.5) - 1), so 1 where the sequences cannot be
    /// told apart and 0 where they always can.
    /// </summary>
    public double DetectionScore => 2 - 2 * Math.Max(Discriminator.Value, 0.5);

    /// <summary>Formats the main results as one phrase.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{RealSequences} real and {SyntheticSequences} synthetic sequences: discriminator AUC {Discriminator}; baseline AUC {Baseline}");
}
