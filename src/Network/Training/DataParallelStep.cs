using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Runs the forward and backward pass of a batch with its rows divided among threads. Each thread has a replica of the network that
/// shares the weights and has its own gradients; the gradients are summed in the order of the rows.
/// </summary>
/// <param name="network">The network, which computes the first part.</param>
/// <param name="flat">The network's weights and gradients.</param>
internal sealed class DataParallelStep(DiscriminatorNetwork network, FlatParameters flat) : IDisposable
{
    private readonly List<Replica> _replicas = [];
    private TorchThreadPool? _pool;

    /// <summary>Computes the loss and the gradients of a batch, then continues on one of the pool's threads.</summary>
    /// <param name="batch">The micro-batches, which run one after another.</param>
    /// <param name="parts">The partition of each micro-batch.</param>
    /// <param name="threads">The number of libtorch's threads, which the parts share.</param>
    /// <param name="divisor">The divisor of the sum of all losses.</param>
    /// <param name="firstRow">The index in the step's rows of the batch's first row.</param>
    /// <param name="finish">Receives the loss when all gradients are computed.</param>
    /// <returns>The logits of each micro-batch before the step: (b, T * K) values, row-major.</returns>
    public float[][] Run(
        IReadOnlyList<MicroBatch> batch, IReadOnlyList<BatchPartition> parts, int threads, double divisor, long firstRow, Action<double> finish)
    {
        var pass = network.NextPass();
        float[][] logits = [.. batch.Select(microBatch => new float[microBatch.Rows * microBatch.Candidates])];
        var losses = new double[parts.Max(partition => partition.Count)];
        Prepare(losses.Length, threads);

        _pool!.Run(losses.Length, part =>
        {
            var (partNetwork, gradients) = part == 0 ? (network, flat) : (_replicas[part - 1].Network, _replicas[part - 1].Flat);
            gradients.Clear();
            var microBatchFirstRow = firstRow;
            for (var i = 0; i < batch.Count; i++)
            {
                if (part < parts[i].Count)
                {
                    using var scope = NewDisposeScope();
                    var (first, rows) = parts[i][part];
                    var rowsOfPart = batch[i].Take(parts[i], part);
                    var output = partNetwork.TrainingPass(rowsOfPart.Sequences, rowsOfPart.Mask, rowsOfPart.CandidatesPerToken, pass, microBatchFirstRow + first);
                    var width = (int)rowsOfPart.Candidates;
                    output.detach().data<float>().CopyTo(logits[i].AsSpan(first * width, rows * width));
                    var loss = rowsOfPart.Loss(output, divisor);
                    loss.backward();
                    losses[part] += loss.ItemSingle();
                }

                microBatchFirstRow += batch[i].Rows;
            }
        });
        _pool.Run(1, _ =>
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            foreach (var replica in _replicas.Take(losses.Length - 1))
                flat.Gradients.Add_(replica.Flat.Gradients);
            finish(losses.Sum());
        });
        return logits;
    }

    public void Dispose()
    {
        _pool?.Dispose();
        foreach (var replica in _replicas)
            replica.Dispose();
    }

    private void Prepare(int parts, int threads)
    {
        // The last batch of an epoch has fewer rows and may use only some of the threads.
        if (_pool is null || _pool.Count < parts)
        {
            _pool?.Dispose();
            _pool = new TorchThreadPool(parts, Math.Max(1, threads / parts));
        }

        while (_replicas.Count < parts - 1)
            _replicas.Add(new Replica(network, flat));
        foreach (var replica in _replicas)
            replica.Flat.FreezeAs(flat);
    }

    /// <summary>A network that shares the weights of another.</summary>
    private sealed class Replica : IDisposable
    {
        public Replica(DiscriminatorNetwork original, FlatParameters flat)
        {
            using var scope = NewDisposeScope();
            using var mode = inference_mode(false);
            Network = original.Copy();
            Network.train();
            Flat = FlatParameters.CreateView(Network, flat);
        }

        public DiscriminatorNetwork Network { get; }

        public FlatParameters Flat { get; }

        public void Dispose()
        {
            Flat.Dispose();
            Network.Dispose();
        }
    }
}
