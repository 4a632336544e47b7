namespace MlNetNtd;

/// <summary>Adds scored rows to a <see cref="BinaryMetricsAccumulator"/>.</summary>
internal static class RowMetricsExtensions
{
    /// <summary>Adds a row.</summary>
    /// <param name="metrics">The accumulator.</param>
    /// <param name="row">The row.</param>
    /// <param name="scores">The scores of the row.</param>
    /// <param name="byToken">Whether each token has a label of its own. If not, the row's score is compared with the row's label.</param>
    /// <param name="lossByToken">Whether the loss is that of the tokens. Rows with one label then use it for each token.</param>
    public static void Add(this BinaryMetricsAccumulator metrics, SequenceRow row, RowScores scores, bool byToken, bool lossByToken)
    {
        if (!byToken)
            metrics.AddScore(scores.Score, row.Labels[0], row.Weight);
        if (!lossByToken)
            metrics.AddLoss(scores.Score, row.Labels[0], row.Weight);
        for (var t = 0; t < (lossByToken ? row.Tokens : 0); t++)
        {
            var label = row.Labels[byToken ? t : 0];
            metrics.AddLoss(scores.Tokens[t], label, row.Weight);
            if (byToken)
                metrics.AddScore(scores.Tokens[t], label, row.Weight);
        }
    }
}
