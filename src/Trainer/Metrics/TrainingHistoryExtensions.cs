using System.Globalization;

namespace MlNetNtd;

/// <summary>Writes the epochs of a training down.</summary>
public static class TrainingHistoryExtensions
{
    private static readonly string[] Figures = ["loss", "accuracy", "auc", "auc_error"];

    private static readonly string[] Columns =
    [
        "epoch", .. Figures.Select(figure => $"training_{figure}"), .. Figures.Select(figure => $"validation_{figure}"), "rows_per_second",
        "is_best", "is_kept",
    ];

    /// <summary>
    /// Writes a table as CSV: a line of names, then a line an epoch, numbers to their last digit and in the invariant culture. What is not
    /// there, a validation figure or an AUC of labels all alike, is empty. <c>is_best</c>: no epoch before was better;
    /// <c>is_kept</c>: nor any after, so its weights are the scorer's.
    /// </summary>
    /// <param name="history">As <see cref="NextTokenDiscriminatorScorer.History"/> has it.</param>
    /// <param name="writer">Where to; lines end as it ends them.</param>
    public static void WriteCsv(this IReadOnlyCollection<EpochResult> history, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(writer);
        var kept = history.LastOrDefault(epoch => epoch.IsBest);
        writer.WriteLine(string.Join(',', Columns));
        foreach (var epoch in history)
        {
            writer.WriteLine(string.Join(
                ',',
                [
                    Text(epoch.Epoch), .. Metrics(epoch.Training), .. Metrics(epoch.Validation), Text(epoch.RowsPerSecond),
                    epoch.IsBest ? "1" : "0", epoch == kept ? "1" : "0",
                ]));
        }
    }

    private static string[] Metrics(DiscriminatorMetrics? metrics) => metrics is null
        ? ["", "", "", ""]
        : [Text(metrics.Loss), Text(metrics.Accuracy), Text(metrics.AreaUnderRocCurve), Text(metrics.AreaUnderRocCurveError)];

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
