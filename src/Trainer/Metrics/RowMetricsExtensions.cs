namespace MlNetNtd;

/// <summary>Adds scored rows to a <see cref="BinaryMetricsAccumulator"/>.</summary>
internal static class RowMetricsExtensions
{
    /// <summary>Adds the rows of a batch.</summary>
    /// <param name="metrics">The accumulator.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="logits">(B, P) values, row-major.</param>
    /// <param name="byToken">Whether each token has a label of its own. If not, the row's score is compared with the row's label.</param>
    /// <param name="lossByToken">Whether the loss is that of the tokens. Rows with one label then use it for each token.</param>
    public static void Add(this BinaryMetricsAccumulator metrics, SequenceRow[] rows, float[] logits, bool byToken, bool lossByToken)
    {
        var padded = logits.Length / rows.Length;
        for (var i = 0; i < rows.Length; i++)
        {
            var scores = RowScores.FromLogits(logits.AsSpan(i * padded, rows[i].Tokens));
            if (!byToken)
                metrics.AddScore(scores.Score, rows[i].Labels[0], rows[i].Weight);
            if (!lossByToken)
                metrics.AddLoss(scores.Score, rows[i].Labels[0], rows[i].Weight);
            for (var t = 0; t < (lossByToken ? rows[i].Tokens : 0); t++)
            {
                var label = rows[i].Labels[byToken ? t : 0];
                metrics.AddLoss(scores.Tokens[t], label, rows[i].Weight);
                if (byToken)
                    metrics.AddScore(scores.Tokens[t], label, rows[i].Weight);
            }
        }
    }
}
