using System.Globalization;
using Spectre.Console;

namespace MlNetNtd.Examples.TextGan;

/// <summary>An ablation in figures.</summary>
internal static class AblationTable
{
    /// <summary>What the loss may be worse by, in nats a word, for a gain elsewhere to count.</summary>
    private const double MostLoss = 0.02;

    public static void PrintSeed(Screen screen, int seed, AblationOutcome outcome)
    {
        var table = new Table();
        table.AddColumns($"Seed {seed}", "before", "without", "with");
        foreach (var (name, value) in ArmResult.Measures)
            table.AddRow(name, Figure(value(outcome.Before)), Figure(value(outcome.Without)), Figure(value(outcome.With)));
        screen.Table(table);
    }

    public static void PrintAll(Screen screen, IReadOnlyList<AblationOutcome> outcomes)
    {
        var table = new Table();
        table.AddColumns($"{outcomes.Count} seeds", "without", "with", "with less without", "95% interval");
        foreach (var (name, value) in ArmResult.Measures)
        {
            var difference = Difference(outcomes, value);
            table.AddRow(
                name,
                MeanAndSpread(outcomes, outcome => value(outcome.Without)),
                MeanAndSpread(outcomes, outcome => value(outcome.With)),
                Figure(difference.Mean),
                $"{Figure(difference.Mean - difference.Reach)} to {Figure(difference.Mean + difference.Reach)}{(difference.LeavesOutZero ? " *" : "")}");
        }

        screen.Table(table);
        screen.Line("Mean and standard deviation over seeds; *: the interval of the mean difference leaves out zero (Student's t, pairs of arms).");
    }

    /// <summary>One sentence.</summary>
    public static string Verdict(IReadOnlyList<AblationOutcome> outcomes)
    {
        string[] better = [.. ArmResult.Measures.Where(measure => Difference(outcomes, measure.Value) is { LeavesOutZero: true, Mean: < 0 }).Select(measure => measure.Name)];
        string[] worse = [.. ArmResult.Measures.Where(measure => Difference(outcomes, measure.Value) is { LeavesOutZero: true, Mean: > 0 }).Select(measure => measure.Name)];
        var loss = Difference(outcomes, result => result.HeldOutLoss).Mean;
        return $"ablation: better in {better.Length} of {ArmResult.Measures.Count} measures ({List(better)}), worse in {worse.Length} ({List(worse)}); "
            + $"next-word loss {loss.ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture)} nats, {(loss <= MostLoss ? "within" : "beyond")} {MostLoss.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>With less without, seed by seed.</summary>
    public static Interval Difference(IReadOnlyList<AblationOutcome> outcomes, Func<ArmResult, double> value) =>
        Interval.Of([.. outcomes.Select(outcome => value(outcome.With) - value(outcome.Without))]);

    private static string MeanAndSpread(IReadOnlyList<AblationOutcome> outcomes, Func<AblationOutcome, double> value)
    {
        var interval = Interval.Of([.. outcomes.Select(value)]);
        return $"{Figure(interval.Mean)} ± {Figure(interval.Deviation)}";
    }

    private static string List(string[] names) => names.Length == 0 ? "none" : string.Join("; ", names);

    private static string Figure(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
