namespace MlNetNtd;

/// <summary>Configures a <see cref="DiscriminatorLearner"/>.</summary>
public sealed record DiscriminatorLearnerOptions
{
    // Bounds that keep the optimizer's factors within 32-bit floats. Real values stay far below.
    private const double MaxRate = 1e30;
    private const double MaxFactor = 1e38;

    /// <summary>Gets the learning rate after the warm-up, 0 to 1e30. Default: 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Gets AdamW's weight decay, at least 0; its product with the learning rate is at most 1e38. Default: 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>
    /// Gets AdamW's first beta, the decay of the running mean of gradients, 0 up to but not including 1. In adversarial training 0
    /// or 0.5 keeps discriminator and generator from oscillating. Default: 0.9.
    /// </summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>
    /// Gets the norm that all gradients together are clipped to; 0 or null turns clipping off. Null is stored as 0, which survives
    /// serialization that omits nulls. Default: 1.
    /// </summary>
    public double? MaxGradientNorm { get; init => field = value ?? 0; } = 1;

    /// <summary>
    /// Gets the loss of a step on a batch. <see cref="MlNetNtd.LossKind.Token"/> compares each real token of a row with the row's
    /// label; <see cref="MlNetNtd.LossKind.Row"/> rejects labels per token. Default: Auto, which follows the shape of the labels.
    /// </summary>
    public LossKind LossKind { get; init; }

    /// <summary>
    /// Gets K, the number of candidates of each token in a step on tensors, 1 to 1,024. A <see cref="SequenceBatch"/> must have the same
    /// number. Default: 1.
    /// </summary>
    public int CandidatesPerToken { get; init; } = 1;

    /// <summary>Gets the number of steps in which the learning rate rises linearly from near 0. Default: 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>
    /// Gets the total number of steps; after the warm-up the learning rate falls to 0 along half a cosine. Null keeps it constant.
    /// Default: null.
    /// </summary>
    public int? TotalSteps { get; init; }

    /// <summary>Finds the first invalid option and describes the problem in one sentence; null if all options are valid.</summary>
    internal (string Option, string Problem)? FindProblem()
    {
        if (!(LearningRate is >= 0 and <= MaxRate))
            return (nameof(LearningRate), FormattableString.Invariant($"expected 0 to {MaxRate}, found {LearningRate}"));
        if (!(WeightDecay >= 0 && LearningRate * WeightDecay <= MaxFactor && WeightDecay <= MaxFactor))
            return (nameof(WeightDecay), FormattableString.Invariant($"expected 0 or a positive number, times the learning rate at most {MaxFactor}, found {WeightDecay}"));
        if (!(Beta1 is >= 0 and < 1 && LearningRate / (1 - Beta1) <= MaxFactor))
            return (nameof(Beta1), FormattableString.Invariant($"expected 0 up to but not including 1, found {Beta1}"));
        if (MaxGradientNorm is { } norm && !(norm >= 0 && double.IsFinite(norm)))
            return (nameof(MaxGradientNorm), FormattableString.Invariant($"expected a positive number, or 0 (none), found {norm}"));
        if (DiscriminatorLoss.FindProblem(LossKind) is { } problem)
            return (nameof(LossKind), problem);
        if (CandidateCount.FindProblem(CandidatesPerToken) is { } candidateProblem)
            return candidateProblem;
        if (LossKind == LossKind.RankingNce && CandidatesPerToken == 1)
            return (nameof(LossKind), "RankingNce needs at least 2 candidates of each token (CandidatesPerToken), found 1");
        if (WarmupSteps < 0)
            return (nameof(WarmupSteps), $"expected 0 steps or more, found {WarmupSteps}");
        return TotalSteps < 0 ? (nameof(TotalSteps), $"expected 0 steps or more, or null, found {TotalSteps}") : null;
    }

    /// <summary>Gets the learning rate of a step.</summary>
    /// <param name="step">The index of the step, 0 for the first.</param>
    public double GetLearningRate(long step)
    {
        if (step < WarmupSteps)
            return LearningRate * (step + 1) / WarmupSteps;
        if (TotalSteps is not { } total)
            return LearningRate;
        var done = Math.Min(1, (double)(step - WarmupSteps) / Math.Max(1, total - WarmupSteps));
        return LearningRate * (1 + Math.Cos(Math.PI * done)) / 2;
    }
}
