namespace MlNetNtd.Examples.TextGan;

/// <summary>How a generator did, after the same steps with or without the adversarial term.</summary>
/// <param name="HeldOutLoss">Next-word loss on held-out text, in nats.</param>
/// <param name="FreshAuc">A discriminator that neither arm has seen, trained on true against written windows: its AUC, 0.5 if it cannot tell.</param>
/// <param name="Divergence">Of 1-, 2- and 3-grams of what it writes from those of held-out text, in nats.</param>
/// <param name="Repetition">How far the share of words that repeat one of the 8 before them is from the held-out text's.</param>
internal sealed record ArmResult(double HeldOutLoss, double FreshAuc, IReadOnlyList<double> Divergence, double Repetition)
{
    /// <summary>What is measured, less being better in each.</summary>
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
