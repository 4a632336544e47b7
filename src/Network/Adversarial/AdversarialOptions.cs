namespace MlNetNtd;

/// <summary>Configures the training of the discriminator by an <see cref="AdversarialTrainer"/>.</summary>
public sealed record AdversarialOptions
{
    // Bounds that keep the factors of noise and penalty within 32-bit floats. Real values stay far below.
    private const double MaxNoise = 1e30;
    private const double MaxPenalty = 1e12;
    private const double MinStep = 1e-12;
    private const double MaxStep = 1e12;

    /// <summary>
    /// Gets the amount by which the labels of real candidates are below 1, from 0 up to but not including 0.5 (one-sided label
    /// smoothing, arXiv 1606.03498). Default: 0.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// Gets the standard deviation of the noise added to real and generated candidates alike, in the steps of both sides, in units
    /// of the embeddings. The noise makes the two distributions overlap (instance noise, arXiv 1701.04862). Default: 0.
    /// </summary>
    public double InstanceNoise { get; init; }

    /// <summary>
    /// Gets the number of the discriminator's steps in which the noise falls linearly to 0. Null keeps it constant. Default: null.
    /// </summary>
    public int? InstanceNoiseSteps { get; init; }

    /// <summary>
    /// Gets the weight of the gradient penalty (R1 of arXiv 1801.04406): half of it, times the squared norm of the gradient of each
    /// token's logit with respect to that token's candidate, is added to the loss. Default: 0, no penalty.
    /// </summary>
    /// <remarks>
    /// The norm is estimated by finite differences, (D(x + s u) - D(x))² / s² with random u of deviation 1, whose mean is the
    /// squared norm (arXiv 2501.08316), because fused attention has no second derivative. No candidate attends another, so one more
    /// forward pass estimates it for each token of a batch separately.
    /// </remarks>
    public double GradientPenalty { get; init; }

    /// <summary>Gets s, the standard deviation of the finite differences, in units of the embeddings. Default: 0.05.</summary>
    public double GradientPenaltyStep { get; init; } = 0.05;

    /// <summary>Gets whether the gradient at generated candidates is penalized too (R2). Default: false.</summary>
    public bool PenalizeGenerated { get; init; }

    /// <summary>
    /// Gets K, the number of the generator's candidates of each token, 1 to 1,024: its draws given one context. Real sequences have one
    /// candidate of each token or K. All candidates of a token together weigh as much as one. Default: 1.
    /// </summary>
    public int CandidatesPerToken { get; init; } = 1;

    /// <summary>Finds the first invalid option and describes the problem in one sentence; null if all options are valid.</summary>
    internal (string Option, string Problem)? FindProblem()
    {
        if (!(LabelSmoothing >= 0 && LabelSmoothing < 0.5))
            return (nameof(LabelSmoothing), FormattableString.Invariant($"expected 0 up to but not including 0.5, found {LabelSmoothing}"));
        if (!(InstanceNoise is >= 0 and <= MaxNoise))
            return (nameof(InstanceNoise), FormattableString.Invariant($"expected a finite number, not negative, at most {MaxNoise}, found {InstanceNoise}"));
        if (InstanceNoiseSteps is < 1)
            return (nameof(InstanceNoiseSteps), $"expected at least 1 step, or null, found {InstanceNoiseSteps}");
        if (!(GradientPenalty is >= 0 and <= MaxPenalty))
            return (nameof(GradientPenalty), FormattableString.Invariant($"expected a finite number, not negative, at most {MaxPenalty}, found {GradientPenalty}"));
        if (!(GradientPenaltyStep is >= MinStep and <= MaxStep))
            return (nameof(GradientPenaltyStep), FormattableString.Invariant($"expected a finite number above 0, from {MinStep} to {MaxStep}, found {GradientPenaltyStep}"));
        return CandidateCount.FindProblem(CandidatesPerToken);
    }

    /// <summary>Gets the standard deviation of the instance noise at a step.</summary>
    /// <param name="step">The number of the discriminator's steps done.</param>
    internal double GetNoise(long step) =>
        InstanceNoiseSteps is { } totalSteps ? InstanceNoise * Math.Max(0, 1 - (double)step / totalSteps) : InstanceNoise;
}
