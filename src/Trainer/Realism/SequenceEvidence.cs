using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>How real one sequence looks, and which of its steps say so.</summary>
/// <param name="Row">The position of the sequence in its view, from 0.</param>
/// <param name="Score">The score of the sequence, a logit: positive means that it looks real.</param>
/// <param name="StepEvidence">
/// The evidence of each step: how far the scores of the sequence so far fall there and stay low, compared with real sequences at the same
/// positions. In standard deviations, negative where the step looks synthetic; NaN at positions that no real sequence of the fold reaches.
/// </param>
public sealed record SequenceEvidence(long Row, float Score, ImmutableArray<float> StepEvidence)
{
    /// <summary>Returns the steps that look least real, the strongest evidence first.</summary>
    /// <param name="count">The maximum number of steps.</param>
    /// <returns>Positions from 0. Of steps with equal evidence, the earlier one comes first.</returns>
    public ImmutableArray<int> LeastRealSteps(int count) =>
        [.. Enumerable.Range(0, StepEvidence.Length).Where(step => !float.IsNaN(StepEvidence[step])).OrderBy(step => StepEvidence[step]).Take(count)];
}
