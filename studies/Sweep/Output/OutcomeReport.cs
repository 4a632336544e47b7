using System.Globalization;

namespace MlNetNtd.Examples.Sweep;

/// <summary>The end in words.</summary>
internal static class OutcomeReport
{
    public static void Print(Screen screen, Outcome outcome, double pairAuc)
    {
        screen.Line("On the rows that no trial saw, AUC over tokens:");
        screen.Line($"  default options: {Figures(outcome.Default)}");
        screen.Line($"  best options:    {Figures(outcome.Best)}");
        screen.Line($"  pairs counted:   {Screen.Number(pairAuc)}");
        screen.Line(outcome.Margin > 0
            ? $"The best options gain {Screen.Number(outcome.Margin)} on average, by seed {string.Join(", ", outcome.Best.Zip(outcome.Default, (best, byDefault) => Signed(best - byDefault)))}"
                + (outcome.IsAlways ? "" : ": no more than seeds make of themselves")
            : "No options were found that beat the default ones; more trials may help, see --trials.");
    }

    public static string LastLine(Outcome outcome, int trials) =>
        $"default AUC {Screen.Number(outcome.Default.Average())}; best AUC {Screen.Number(outcome.Best.Average())} of {trials} trials";

    private static string Figures(IReadOnlyList<double> values) =>
        $"mean {Screen.Number(values.Average())}, {Screen.Number(values.Min())} to {Screen.Number(values.Max())} of {Counted.Of(values.Count, "seed")}";

    private static string Signed(double value) => value.ToString("+0.000;-0.000", CultureInfo.InvariantCulture);
}
