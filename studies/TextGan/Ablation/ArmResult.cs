namespace MlNetNtd.Studies.TextGan;

/// <summary>The measures of a generator, after the same steps with or without the adversarial term.</summary>
/// <param name="HeldOutLoss">Next-word loss on held-out text, in nats.</param>
/// <param name="FreshAuc">The AUC of a fresh discriminator, trained on real against written windows; 0.5: it cannot tell them apart.</param>
/// <param name="Divergence">The Jensen-Shannon divergence of its 1-, 2- and 3-grams from those of held-out text, in nats.</param>
/// <param name="Repetition">The difference from held-out text in the fraction of words that repeat one of the 8 before them.</param>
internal sealed record ArmResult(double HeldOutLoss, double FreshAuc, IReadOnlyList<double> Divergence, double Repetition)
{
    /// <summary>The measures by name. Less is better in each.</summary>
    public static IReadOnlyList<(string Name, Func<ArmResult, double> Value)> Measures { get; } =
    [
        ("fresh discriminator, AUC", result => result.FreshAuc),
        ("JS divergence, 1-grams", result => result.Divergence[0]),
        ("JS divergence, 2-grams", result => result.Divergence[1]),
        ("JS divergence, 3-grams", result => result.Divergence[2]),
        ("repetition, off the text's", result => result.Repetition),
        ("next-word loss, nats", result => result.HeldOutLoss),
    ];
}
