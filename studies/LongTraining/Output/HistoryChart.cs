namespace MlNetNtd.Examples.LongTraining;

/// <summary>Draws a training's history: validation apart from training, the epoch that was kept marked.</summary>
internal static class HistoryChart
{
    public static string Draw(IReadOnlyList<EpochResult> history)
    {
        var kept = history.Last(epoch => epoch.IsBest);
        Mark[] marks = [new($"epoch {kept.Epoch} is kept", kept.Epoch)];
        return SvgChart.Draw(
        [
            Panel("Loss", "binary cross-entropy, nats", metrics => metrics.Loss),
            Panel("Area under the ROC curve", "AUC", metrics => metrics.AreaUnderRocCurve),
        ]);

        Panel Panel(string title, string unit, Func<DiscriminatorMetrics, double> figure)
        {
            List<Series> series = [new("training, while the weights move", [.. history.Select(epoch => figure(epoch.Training))])];
            if (history.Any(epoch => epoch.Validation is not null))
                series.Add(new("validation, after the epoch", [.. history.Select(epoch => epoch.Validation is { } some ? figure(some) : double.NaN)]));
            return new Panel(title, series) { XName = "epoch", YName = unit, Marks = marks };
        }
    }
}
