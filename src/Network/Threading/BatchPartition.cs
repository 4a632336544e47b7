using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Divides the rows of a batch into parts that run in parallel: part i is [Starts[i], Starts[i + 1]).</summary>
/// <remarks>
/// A part has at least D positions, D being the network's width. Smaller parts would spend more on their copy of the gradients than
/// on computing them.
/// </remarks>
internal readonly struct BatchPartition
{
    private readonly int[] _starts;

    private BatchPartition(int rows, int parts) =>
        _starts = [.. Enumerable.Range(0, parts + 1).Select(part => (int)((long)rows * part / parts))];

    /// <summary>Gets the number of parts.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Creates the partition of a batch. It depends only on the arguments, so equal batches give equal bits.</summary>
    /// <param name="sequences">(B, 2T, C).</param>
    /// <param name="width">D.</param>
    /// <param name="threads">The number of libtorch's threads.</param>
    public static BatchPartition Create(Tensor sequences, int width, int threads)
    {
        if (sequences.device_type != DeviceType.CPU)
            return new BatchPartition((int)sequences.shape[0], 1);
        var (rows, positions) = (sequences.shape[0], sequences.shape[1]);
        return new BatchPartition((int)rows, (int)Math.Clamp(rows * positions / width, 1, Math.Min(rows, threads)));
    }

    /// <summary>Gets the first row of a part and its number of rows.</summary>
    public (int First, int Rows) this[int part] => (_starts[part], _starts[part + 1] - _starts[part]);

    /// <summary>Selects a part of a tensor whose first dimension is rows, as a view.</summary>
    public Tensor Take(Tensor tensor, int part) => tensor.narrow(0, this[part].First, this[part].Rows);
}
