using System.Globalization;

namespace MlNetNtd.Examples.Imitation;

/// <summary>What the program is to show, and whether it did.</summary>
internal static class Goals
{
    private const double CloningAtMost = 0.5;
    private const double LearnedAtLeast = 0.95;
    private const double SidesWithin = 0.1;

    /// <summary>Whether the adversary taught more than regression did, in both of its uses: without that there is nothing to show.</summary>
    public static bool Learned(IReadOnlyList<SeedResult> results) =>
        Math.Min(Mean(results, result => result.Adversarial.Success), Mean(results, result => result.OnPolicy.Success))
        > Mean(results, result => result.Cloning.Success);

    public static void Print(Screen screen, IReadOnlyList<SeedResult> results)
    {
        var cloning = Mean(results, result => result.Cloning.Success);
        var adversarial = Mean(results, result => result.Adversarial.Success);
        var disturbed = Mean(results, result => result.OnPolicy.DisturbedSuccess);
        var apart = Math.Abs(Mean(results, result => result.Adversarial.LeftShare) - Mean(results, result => result.Experts.LeftShare));
        Tell($"cloning at most {Percent(CloningAtMost)}% success", cloning, cloning <= CloningAtMost);
        Tell($"adversarial at least {Percent(LearnedAtLeast)}%", adversarial, adversarial >= LearnedAtLeast);
        Tell($"its sides within {Percent(SidesWithin)} points of the experts'", apart, apart <= SidesWithin);
        Tell($"on-policy at least {Percent(LearnedAtLeast)}% from disturbed starts", disturbed, disturbed >= LearnedAtLeast);

        void Tell(string goal, double found, bool reached) =>
            screen.Line($"Goal: {goal}; {(reached ? "reached" : "NOT reached")}: {Percent(found)}");
    }

    /// <summary>The last line, for a reader and a script: means over the seeds. On-policy from disturbed starts, which it is for.</summary>
    public static string LastLine(IReadOnlyList<SeedResult> results) =>
        $"success: cloning {Percent(Mean(results, result => result.Cloning.Success))}% "
        + $"adversarial {Percent(Mean(results, result => result.Adversarial.Success))}% "
        + $"on-policy {Percent(Mean(results, result => result.OnPolicy.DisturbedSuccess))}%; "
        + $"left share: experts {Percent(Mean(results, result => result.Experts.LeftShare))}% "
        + $"adversarial {Percent(Mean(results, result => result.Adversarial.LeftShare))}%";

    // A learner that never came past the obstacle has no left share.
    private static double Mean(IReadOnlyList<SeedResult> results, Func<SeedResult, double> figure) =>
        results.Select(figure).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture).Replace(".0", "", StringComparison.Ordinal);
}
