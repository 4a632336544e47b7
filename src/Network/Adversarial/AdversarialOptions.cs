namespace MlNetNtd;

/// <summary>How an <see cref="AdversarialTrainer"/> trains the discriminator, and what it shows it.</summary>
public sealed record AdversarialOptions
{
    // Far beyond use: what noise and penalty are multiplied by has to be a number of 32 bits.
    private const double MostNoise = 1e30;
    private const double MostPenalty = 1e12;
    private const double LeastStep = 1e-12;
    private const double MostStep = 1e12;

    /// <summary>
    /// How far the labels of true candidates fall short of 1, 0 up to 0.5 (one-sided label smoothing, arXiv 1606.03498).
    /// Default: 0.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// The standard deviation of the noise that candidates are shown with, true and false alike, in both turns, in units of
    /// the embeddings: it gives both kinds common ground (instance noise, arXiv 1701.04862). Default: 0.
    /// </summary>
    public double InstanceNoise { get; init; }

    /// <summary>The discriminator's steps in which the noise falls to 0, linearly; null: it stays. Default: null.</summary>
    public int? InstanceNoiseSteps { get; init; }

    /// <summary>
    /// The weight of the gradient penalty: half of it times the squared length of the gradient of a token's logit by that
    /// token's candidate is added to the loss (R1 of arXiv 1801.04406). Default: 0, none.
    /// </summary>
    /// <remarks>
    /// The gradient is felt by differences, (D(x + s u) - D(x))² / s² with random u of deviation 1, whose mean is the squared
    /// length (arXiv 2501.08316): attention that is fused has no second derivative. No candidate sees another, so one more
    /// forward feels every token of a batch by itself.
    /// </remarks>
    public double GradientPenalty { get; init; }

    /// <summary>The standard deviation s of the differences, in units of the embeddings. Default: 0.05.</summary>
    public double GradientPenaltyStep { get; init; } = 0.05;

    /// <summary>Whether false candidates are penalised as true ones are (R2). Default: false.</summary>
    public bool PenalizeGenerated { get; init; }

    /// <summary>What is wrong with these options: the one at fault and a sentence; null when nothing is.</summary>
    internal (string Option, string Problem)? FindProblem()
    {
        if (!(LabelSmoothing >= 0 && LabelSmoothing < 0.5))
            return (nameof(LabelSmoothing), FormattableString.Invariant($"expected 0 up to but not including 0.5, found {LabelSmoothing}"));
        if (!(InstanceNoise is >= 0 and <= MostNoise))
            return (nameof(InstanceNoise), FormattableString.Invariant($"expected a finite number, not negative, at most {MostNoise}, found {InstanceNoise}"));
        if (InstanceNoiseSteps is < 1)
            return (nameof(InstanceNoiseSteps), $"expected at least 1 step, or null, found {InstanceNoiseSteps}");
        if (!(GradientPenalty is >= 0 and <= MostPenalty))
            return (nameof(GradientPenalty), FormattableString.Invariant($"expected a finite number, not negative, at most {MostPenalty}, found {GradientPenalty}"));
        if (!(GradientPenaltyStep is >= LeastStep and <= MostStep))
            return (nameof(GradientPenaltyStep), FormattableString.Invariant($"expected a finite number above 0, from {LeastStep} to {MostStep}, found {GradientPenaltyStep}"));
        return null;
    }

    /// <summary>The deviation of the instance noise at a step.</summary>
    /// <param name="step">The discriminator's steps done.</param>
    internal double NoiseAt(long step) =>
        InstanceNoiseSteps is { } all ? InstanceNoise * Math.Max(0, 1 - (double)step / all) : InstanceNoise;
}
