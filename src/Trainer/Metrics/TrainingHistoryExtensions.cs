using System.Globalization;

namespace MlNetNtd;

/// <summary>Extension methods that export the results of a training.</summary>
public static class TrainingHistoryExtensions
{
    private static readonly string[] MetricNames = ["loss", "accuracy", "auc", "auc_error"];

    private static readonly string[] Columns =
    [
        "epoch", .. MetricNames.Select(name => $"training_{name}"), .. MetricNames.Select(name => $"validation_{name}"),
        "validation_calibrated_loss", "validation_temperature", "rows_per_second", "is_best", "is_kept",
    ];

    /// <summary>
    /// Writes the epochs as CSV: a header line, then one line per epoch, with round-trip numbers in the invariant culture. Missing values,
    /// such as validation metrics without validation rows or the AUC of equal labels, are empty. <c>is_best</c> is 1 if no earlier epoch
    /// was better; <c>is_kept</c> is 1 for the epoch whose weights the scorer has.
    /// </summary>
    /// <param name="history">The epochs, as in <see cref="NextTokenDiscriminatorScorer.History"/>.</param>
    /// <param name="writer">The writer. It determines the line ending.</param>
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
                    Text(epoch.Epoch), .. Metrics(epoch.Training), .. Metrics(epoch.Validation),
                    Text(epoch.Validation?.CalibratedLoss ?? double.NaN), Text(epoch.Validation?.Temperature ?? double.NaN), Text(epoch.RowsPerSecond),
                    epoch.IsBest ? "1" : "0", epoch == kept ? "1" : "0",
                ]));
        }
    }

    private static string[] Metrics(DiscriminatorMetrics? metrics) => metrics is null
        ? ["", "", "", ""]
        : [Text(metrics.Loss), Text(metrics.Accuracy), Text(metrics.AreaUnderRocCurve), Text(metrics.AreaUnderRocCurveError)];

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
