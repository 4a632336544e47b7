namespace MlNetNtd;

/// <summary>Evaluates the network on the validation rows.</summary>
/// <param name="engine">The engine, which has the network.</param>
/// <param name="data">The rows.</param>
/// <param name="distributed">The processes of the training. Each evaluates its shard of the validation rows.</param>
/// <param name="batchSize">The number of rows in a batch.</param>
internal sealed class Validator(ITrainingEngine engine, TrainingDataset data, DistributedContext distributed, int batchSize)
{
    /// <summary>Computes the metrics of all validation rows.</summary>
    /// <param name="epoch">The epoch, for error messages.</param>
    /// <param name="throwIfCancelled">Called before each batch in a single process. Several processes stop together, after a step.</param>
    /// <returns>The metrics, the same in all processes.</returns>
    /// <exception cref="InvalidOperationException">The rows differ from those of the first reading.</exception>
    public DiscriminatorMetrics Evaluate(int epoch, Action throwIfCancelled)
    {
        using var scorer = engine.CreateScorer();
        var metrics = new BinaryMetricsAccumulator();
        foreach (var rows in Prefetcher.Prefetch(data.ValidationRows(epoch).Chunk(batchSize)))
        {
            if (distributed.IsSingleProcess)
                throwIfCancelled();
            var scores = scorer.Score(rows);
            for (var i = 0; i < rows.Length; i++)
                metrics.Add(rows[i], scores[i], data.LabelsTokens, data.Loss);
        }

        var merged = distributed.MergeMetrics(metrics);
        // Ranked candidates share a constant of their token that no temperature knows, so their logits are no log-odds.
        return data.Loss == LossKind.RankingNce ? merged.GetMetrics() with { ChanceDeviation = double.NaN } : merged.GetCalibratedMetrics();
    }
}
