namespace MlNetNtd.Studies.TextGan;

/// <summary>The measures of an arm: a generator after the same steps, with or without the adversarial term.</summary>
/// <param name="Name">The arm's name.</param>
/// <param name="JudgeAuc">The AUC of boosted trees on n-gram features, real against written words; 0.5: they cannot tell them apart.</param>
/// <param name="FreshAuc">The AUC of a fresh discriminator, trained on real against written windows.</param>
/// <param name="Divergence">The Jensen-Shannon divergence of its 1-, 2- and 3-grams from those of held-out text, in nats.</param>
/// <param name="Repetition">The difference from held-out text in the fraction of words that repeat one of the 8 before them.</param>
/// <param name="HeldOutLoss">Next-word loss on held-out text, in nats.</param>
/// <param name="Entropy">The entropy of its next word on held-out text, in nats; not a measure, because neither less nor more is better.</param>
internal sealed record ArmResult(
    string Name, double JudgeAuc, double FreshAuc, IReadOnlyList<double> Divergence, double Repetition, double HeldOutLoss, double Entropy)
{
    /// <summary>The measures by name. Less is better in each.</summary>
    public static IReadOnlyList<(string Name, Func<ArmResult, double> Value)> Measures { get; } =
    [
        ("judge, AUC", result => result.JudgeAuc),
        ("fresh discriminator, AUC", result => result.FreshAuc),
        ("JS divergence, 1-grams", result => result.Divergence[0]),
        ("JS divergence, 2-grams", result => result.Divergence[1]),
        ("JS divergence, 3-grams", result => result.Divergence[2]),
        ("repetition, off the text's", result => result.Repetition),
        ("next-word loss, nats", result => result.HeldOutLoss),
    ];
}
