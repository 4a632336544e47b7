namespace MlNetNtd;

/// <summary>Adds scored rows to a <see cref="BinaryMetricsAccumulator"/>.</summary>
internal static class RowMetricsExtensions
{
    /// <summary>Adds a row.</summary>
    /// <param name="metrics">The accumulator.</param>
    /// <param name="row">The row.</param>
    /// <param name="scores">The scores of the row.</param>
    /// <param name="byToken">Whether each token has a label of its own. If not, the row's score is compared with the row's label.</param>
    /// <param name="loss">What the loss compares, never Auto. Rows with one label use it for each token.</param>
    public static void Add(this BinaryMetricsAccumulator metrics, SequenceRow row, RowScores scores, bool byToken, LossKind loss)
    {
        if (!byToken)
            metrics.AddScore(scores.Score, row.Labels[0], row.Weight);
        if (loss == LossKind.Row)
            metrics.AddLoss(scores.Score, row.Labels[0], row.Weight);
        var candidates = row.CandidatesPerToken;
        for (var t = 0; t < (loss == LossKind.RankingNce ? row.Tokens : 0); t++)
        {
            var trueCandidate = row.Labels.AsSpan(t * candidates, candidates).IndexOf(true);
            metrics.AddLoss(SequenceLoss.GetRankingLoss(scores.Tokens.AsSpan(t * candidates, candidates), trueCandidate), row.Weight);
        }

        for (var t = 0; t < (loss == LossKind.Row ? 0 : candidates * row.Tokens); t++)
        {
            var label = row.Labels[byToken ? t : 0];
            if (loss != LossKind.RankingNce)
                metrics.AddLoss(scores.Tokens[t], label, row.Weight);
            if (byToken)
                metrics.AddScore(scores.Tokens[t], label, row.Weight);
        }
    }
}
