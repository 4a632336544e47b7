using System.Globalization;
using Spectre.Console;

namespace MlNetNtd.Examples.Imitation;

/// <summary>The figures of all seeds: the mean, and from the least to the most.</summary>
internal static class ResultTable
{
    public static void Print(Screen screen, IReadOnlyList<SeedResult> results)
    {
        var table = new Table();
        table.AddColumns("% (least-most of seeds)", "success", "success, disturbed", "left", "fresh judge AUC");
        Add("experts", result => result.Experts);
        Add("cloning", result => result.Cloning);
        Add("adversarial", result => result.Adversarial);
        Add("on-policy", result => result.OnPolicy);
        screen.Table(table);

        void Add(string name, Func<SeedResult, Trial> trialOf)
        {
            var trials = results.Select(trialOf).ToArray();
            table.AddRow(
                name,
                Percent(trials.Select(trial => trial.Success)),
                Percent(trials.Select(trial => trial.DisturbedSuccess)),
                Percent(trials.Select(trial => trial.LeftShare)),
                Text(trials.Select(trial => trial.JudgeAuc), "F2"));
        }
    }

    private static string Percent(IEnumerable<double> shares) => Text(shares.Select(share => 100 * share), "F0");

    private static string Text(IEnumerable<double> values, string format)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        return known.Length == 0
            ? "-"
            : $"{Number(known.Average())} ({Number(known.Min())}-{Number(known.Max())})";

        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
