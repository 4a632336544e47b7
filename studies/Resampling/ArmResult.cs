namespace MlNetNtd.Studies.Resampling;

/// <summary>The measures of one way to write text.</summary>
/// <param name="Name">The name.</param>
/// <param name="TreesAuc">The AUC of the judge of boosted trees, real against written words; 0.5: it cannot tell them apart.</param>
/// <param name="RecurrentAuc">The AUC of the recurrent judge.</param>
/// <param name="Loss">The next-word loss on test windows, in nats; a bound from above for the picks.</param>
/// <param name="Divergence">The Jensen-Shannon divergence of its 3-grams from those of the test windows, in nats.</param>
/// <param name="Microseconds">Processor time for a word.</param>
/// <param name="Note">A remark.</param>
internal sealed record ArmResult(string Name, double TreesAuc, double RecurrentAuc, double Loss, double Divergence, double Microseconds, string Note = "")
{
    /// <summary>The measures by name. Less is better in each.</summary>
    public static IReadOnlyList<(string Name, Func<ArmResult, double> Value)> Measures { get; } =
    [
        ("judge of trees, AUC", result => result.TreesAuc),
        ("recurrent judge, AUC", result => result.RecurrentAuc),
        ("next-word loss, nats", result => result.Loss),
        ("JS divergence, 3-grams", result => result.Divergence),
    ];
}
