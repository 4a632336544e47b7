using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Judges the validation rows, with the weights as they are.</summary>
/// <param name="network">The network.</param>
/// <param name="device">Where it is.</param>
/// <param name="data">The rows.</param>
/// <param name="distributed">Who judges them together, each its share.</param>
/// <param name="batchSize">Rows at once.</param>
internal sealed class Validator(DiscriminatorNetwork network, Device device, TrainingDataset data, DistributedContext distributed, int batchSize)
{
    /// <summary>The figures of all rows, the same in all processes. Puts the network into evaluation mode.</summary>
    /// <param name="epoch">For errors.</param>
    /// <param name="throwIfCancelled">Called before each batch; but several processes stop together, after a step.</param>
    /// <exception cref="InvalidOperationException">The rows are not what they were at first.</exception>
    public DiscriminatorMetrics Evaluate(int epoch, Action throwIfCancelled)
    {
        network.eval();
        var tally = new BinaryMetricsAccumulator();
        foreach (var rows in Prefetcher.Prefetch(data.ValidationRows(epoch).Chunk(batchSize)))
        {
            if (distributed.IsSingleProcess)
                throwIfCancelled();
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var batch = PaddedBatch.Create(rows, device);
            tally.Add(rows, network.Run(batch.Sequences, batch.Mask).cpu().data<float>().ToArray(), data.LabelsTokens, data.LossByToken);
        }

        return distributed.MergeMetrics(tally).GetMetrics();
    }
}
