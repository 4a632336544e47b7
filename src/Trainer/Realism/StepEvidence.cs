namespace MlNetNtd;

/// <summary>Compares the steps of synthetic sequences with those of real ones at the same position.</summary>
/// <remarks>
/// A step's score says how real the sequence looks up to this step. The step's own evidence is how much the score changes there: a wrong
/// step is followed by low scores, but only its own falls.
/// </remarks>
internal static class StepEvidence
{
    /// <summary>Creates the evidence of the synthetic sequences of a fold.</summary>
    /// <param name="sequences">The sequences of a fold.</param>
    /// <param name="scored">Their scores, and the scores of their steps.</param>
    public static IEnumerable<SequenceEvidence> Compare(IReadOnlyList<RealismSequence> sequences, IReadOnlyList<(float Score, float[] Steps)> scored)
    {
        var real = sequences.Zip(scored).Where(pair => pair.First.IsReal).Select(pair => GetChanges(pair.Second.Steps)).ToList();
        var statistics = Enumerable.Range(0, real.Max(steps => steps.Length))
            .Select(position => GetStatistics([.. real.Where(steps => steps.Length > position).Select(steps => (double)steps[position])]))
            .ToList();
        foreach (var (sequence, (score, steps)) in sequences.Zip(scored).Where(pair => !pair.First.IsReal))
        {
            yield return new SequenceEvidence(
                sequence.Row,
                score,
                [.. GetChanges(steps).Select((change, position) => position < statistics.Count ? (float)((change - statistics[position].Mean) / statistics[position].Deviation) : float.NaN)]);
        }
    }

    private static float[] GetChanges(float[] steps) => [.. steps.Select((step, position) => position == 0 ? step : step - steps[position - 1])];

    private static (double Mean, double Deviation) GetStatistics(double[] scores)
    {
        var mean = scores.Average();
        var deviation = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
        return (mean, deviation > 0 ? deviation : 1);
    }
}
