using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The rows of a batch in parts that are worked on side by side: part i is [Starts[i], Starts[i + 1]).</summary>
/// <remarks>
/// A part has at least as many positions as the network is wide: below that, a part's copy of the gradients would be larger
/// than all that it computes.
/// </remarks>
internal readonly struct BatchPartition
{
    private readonly int[] _starts;

    private BatchPartition(int rows, int parts) =>
        _starts = [.. Enumerable.Range(0, parts + 1).Select(part => (int)((long)rows * part / parts))];

    /// <summary>How many. One: there is nothing to be had from more.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The parts of a batch on a computer whose libtorch has so many threads. They depend on nothing else.</summary>
    /// <param name="sequences">(B, 2T, C).</param>
    /// <param name="width">D.</param>
    /// <param name="threads">libtorch's.</param>
    public static BatchPartition Create(Tensor sequences, int width, int threads)
    {
        if (sequences.device_type != DeviceType.CPU)
            return new BatchPartition((int)sequences.shape[0], 1);
        var (rows, positions) = (sequences.shape[0], sequences.shape[1]);
        return new BatchPartition((int)rows, (int)Math.Clamp(rows * positions / width, 1, Math.Min(rows, threads)));
    }

    /// <summary>A part's first row, and how many.</summary>
    public (int First, int Rows) this[int part] => (_starts[part], _starts[part + 1] - _starts[part]);

    /// <summary>A part of a tensor whose first dimension is rows. A view.</summary>
    public Tensor Take(Tensor tensor, int part) => tensor.narrow(0, this[part].First, this[part].Rows);
}
