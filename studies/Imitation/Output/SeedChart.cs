namespace MlNetNtd.Examples.Imitation;

/// <summary>The figures of each seed.</summary>
internal static class SeedChart
{
    public static string Draw(IReadOnlyList<SeedResult> results) => SvgChart.Draw(
    [
        Panel("Success from the experts' starts, %, by seed", trial => 100 * trial.Success, results),
        Panel("Success from disturbed starts, %, by seed", trial => 100 * trial.DisturbedSuccess, results),
        Panel("Passed on the left, %, by seed", trial => 100 * trial.LeftShare, results, withExperts: true),
        Panel("AUC of a fresh judge (0.5: not told from experts), by seed", trial => trial.JudgeAuc, results, withExperts: true),
    ]);

    private static Panel Panel(string title, Func<Trial, double> figure, IReadOnlyList<SeedResult> results, bool withExperts = false)
    {
        List<Series> series =
        [
            Line("cloning", result => result.Cloning),
            Line("adversarial", result => result.Adversarial),
            Line("on-policy", result => result.OnPolicy),
        ];
        if (withExperts)
            series.Add(Line("experts", result => result.Experts));
        return new Panel(title, series);

        Series Line(string name, Func<SeedResult, Trial> trialOf) => new(name, [.. results.Select(result => figure(trialOf(result)))]);
    }
}
