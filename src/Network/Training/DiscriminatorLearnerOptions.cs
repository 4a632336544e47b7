namespace MlNetNtd;

/// <summary>How a <see cref="DiscriminatorLearner"/> steps.</summary>
public sealed record DiscriminatorLearnerOptions
{
    // Far beyond use: what an optimizer multiplies weights by has to be a number of 32 bits.
    private const double MostRate = 1e30;
    private const double MostFactor = 1e38;

    /// <summary>The learning rate after the warm-up, 0 to 1e30. Default: 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>AdamW's weight decay, not negative; times the learning rate at most 1e38. Default: 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>
    /// What AdamW's running mean of the gradients keeps at a step, its first beta, 0 up to but not including 1. Against a
    /// generator, which moves on meanwhile, 0 or 0.5 keep the two from running around each other. Default: 0.9.
    /// </summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>
    /// The norm that all gradients together are cut down to; 0 or null: none. Null is kept as 0, which survives where options
    /// are written down without nulls. Default: 1.
    /// </summary>
    public double? MaxGradientNorm { get; init => field = value ?? 0; } = 1;

    /// <summary>
    /// What the loss of a step on a batch is computed of. <see cref="MlNetNtd.LossKind.Token"/> compares each real token of a row
    /// with the row's label; <see cref="MlNetNtd.LossKind.Row"/> refuses labels per token. Default: Auto, which goes by the labels'
    /// shape.
    /// </summary>
    public LossKind LossKind { get; init; }

    /// <summary>Steps in which the learning rate rises from near 0, linearly. Default: 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>
    /// All steps there will be: after the warm-up the learning rate falls to 0 by half a cosine. Null: it stays. Default: null.
    /// </summary>
    public int? TotalSteps { get; init; }

    /// <summary>What is wrong with these options: the one at fault and a sentence; null when nothing is.</summary>
    internal (string Option, string Problem)? FindProblem()
    {
        if (!(LearningRate is >= 0 and <= MostRate))
            return (nameof(LearningRate), FormattableString.Invariant($"expected 0 to {MostRate}, found {LearningRate}"));
        if (!(WeightDecay >= 0 && LearningRate * WeightDecay <= MostFactor && WeightDecay <= MostFactor))
            return (nameof(WeightDecay), FormattableString.Invariant($"expected 0 or a positive number, times the learning rate at most {MostFactor}, found {WeightDecay}"));
        if (!(Beta1 is >= 0 and < 1 && LearningRate / (1 - Beta1) <= MostFactor))
            return (nameof(Beta1), FormattableString.Invariant($"expected 0 up to but not including 1, found {Beta1}"));
        if (MaxGradientNorm is { } norm && !(norm >= 0 && double.IsFinite(norm)))
            return (nameof(MaxGradientNorm), FormattableString.Invariant($"expected a positive number, or 0 (none), found {norm}"));
        if (DiscriminatorLoss.FindProblem(LossKind) is { } problem)
            return (nameof(LossKind), problem);
        if (WarmupSteps < 0)
            return (nameof(WarmupSteps), $"expected 0 steps or more, found {WarmupSteps}");
        return TotalSteps < 0 ? (nameof(TotalSteps), $"expected 0 steps or more, or null, found {TotalSteps}") : null;
    }

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">0 for the first.</param>
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
