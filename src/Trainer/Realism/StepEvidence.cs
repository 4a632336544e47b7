namespace MlNetNtd;

/// <summary>Finds the steps at which synthetic sequences stop looking real.</summary>
/// <remarks>
/// A step's score says how real the sequence looks up to this step, so the level of the scores falls at a wrong step. The evidence of a step
/// is the test of a level shift there (Tsay, 1988; Chen and Liu, 1993): what the fall explains of the scores from this step on, in standard
/// deviations of real sequences. In those, each score keeps a part of the one before it. If it keeps all, the evidence is the change at the
/// step; the less it keeps, the more the later scores count.
/// </remarks>
internal static class StepEvidence
{
    /// <summary>Creates the evidence of the synthetic sequences of a fold.</summary>
    /// <param name="sequences">The sequences of a fold.</param>
    /// <param name="scored">Their scores, and the scores of their steps.</param>
    public static IEnumerable<SequenceEvidence> Compare(IReadOnlyList<RealismSequence> sequences, IReadOnlyList<(float Score, float[] Steps)> scored)
    {
        var model = new StepScoreModel([.. sequences.Zip(scored).Where(pair => pair.First.IsReal).Select(pair => pair.Second.Steps)]);
        foreach (var (sequence, (score, steps)) in sequences.Zip(scored).Where(pair => !pair.First.IsReal))
            yield return new SequenceEvidence(sequence.Row, score, [.. model.TestLevelShifts(steps)]);
    }
}
