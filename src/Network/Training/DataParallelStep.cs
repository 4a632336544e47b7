using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// The forward and backward pass of a batch, its rows divided among threads: each has a network of its own on the same
/// weights, and gradients of its own, which are added up in the order of the rows.
/// </summary>
/// <param name="network">The network; the first part's.</param>
/// <param name="flat">Its weights and gradients.</param>
internal sealed class DataParallelStep(DiscriminatorNetwork network, FlatParameters flat) : IDisposable
{
    private readonly List<Copy> _copies = [];
    private TorchThreadPool? _workers;

    /// <summary>Computes the loss and the gradients of a batch, and goes on from there on one of the threads.</summary>
    /// <param name="batch">The batch, in pieces that are worked on one after another.</param>
    /// <param name="parts">Those of each piece.</param>
    /// <param name="threads">libtorch's, which the parts share.</param>
    /// <param name="divisor">What the sum of all losses is divided by.</param>
    /// <param name="firstRow">Which of the step's rows is the batch's first.</param>
    /// <param name="finish">Told the loss when all gradients are there.</param>
    /// <returns>The logits before the step of each piece: (b, T) values, row-major.</returns>
    public float[][] Run(
        IReadOnlyList<MicroBatch> batch, IReadOnlyList<BatchPartition> parts, int threads, double divisor, long firstRow, Action<double> finish)
    {
        var pass = network.NextPass();
        float[][] logits = [.. batch.Select(piece => new float[piece.Rows * piece.Tokens])];
        var losses = new double[parts.Max(some => some.Count)];
        Prepare(losses.Length, threads);

        _workers!.Run(losses.Length, part =>
        {
            var (own, gradients) = part == 0 ? (network, flat) : (_copies[part - 1].Network, _copies[part - 1].Flat);
            gradients.Clear();
            var before = firstRow;
            for (var i = 0; i < batch.Count; before += batch[i++].Rows)
            {
                if (part >= parts[i].Count)
                    continue;
                using var scope = NewDisposeScope();
                var (first, rows) = parts[i][part];
                var some = batch[i].Take(parts[i], part);
                var output = own.TrainingPass(some.Sequences, some.Mask, pass, before + first);
                var tokens = (int)some.Tokens;
                output.detach().data<float>().CopyTo(logits[i].AsSpan(first * tokens, rows * tokens));
                var loss = some.Loss(output, divisor);
                loss.backward();
                losses[part] += loss.ItemSingle();
            }
        });
        _workers.Run(1, _ =>
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            foreach (var copy in _copies.Take(losses.Length - 1))
                flat.Gradients.Add_(copy.Flat.Gradients);
            finish(losses.Sum());
        });
        return logits;
    }

    public void Dispose()
    {
        _workers?.Dispose();
        foreach (var copy in _copies)
            copy.Dispose();
    }

    private void Prepare(int parts, int threads)
    {
        // The last batch of an epoch, with fewer rows, makes do with some of the threads.
        if (_workers is null || _workers.Count < parts)
        {
            _workers?.Dispose();
            _workers = new TorchThreadPool(parts, Math.Max(1, threads / parts));
        }

        while (_copies.Count < parts - 1)
            _copies.Add(new Copy(network, flat));
        foreach (var copy in _copies)
            copy.Flat.FreezeAs(flat);
    }

    private sealed class Copy : IDisposable
    {
        public Copy(DiscriminatorNetwork original, FlatParameters flat)
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
