using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Averages gradients over a process group. One all-reduce per step carries the gradients, the loss and a few signals.
/// </summary>
/// <param name="group">The process group.</param>
/// <param name="signals">The number of signals: further numbers that are summed with the gradients.</param>
internal sealed class GradientAllReduce(IProcessGroup group, int signals = 0)
{
    // Behind the gradients: the loss, what it is divided by, the flags.
    private float[] _values = [];

    /// <summary>
    /// Gets or sets the index in the next step's rows of this process's first row, which decides what dropout drops.
    /// </summary>
    public long FirstRow { get; set; }

    /// <summary>Gets this process's signals before a step, and their sums over all processes after it.</summary>
    public float[] Signals { get; } = new float[signals];

    /// <summary>Sums the gradients of all processes and divides them by the total count.</summary>
    /// <param name="gradients">
    /// The gradients of the sum of this process's losses; replaced by those of the mean loss of all processes.
    /// </param>
    /// <param name="loss">The sum of this process's losses.</param>
    /// <param name="count">The weighted number of this process's losses; 0 if it has no rows.</param>
    /// <returns>The mean loss, the same in all processes.</returns>
    public double AverageGradients(Tensor gradients, double loss, double count)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var length = (int)gradients.numel();
        if (_values.Length != length + 2 + Signals.Length)
            _values = new float[length + 2 + Signals.Length];
        var mine = MemoryMarshal.AsBytes(_values.AsSpan(0, length));
        // What is exchanged lies in the memory of the host.
        var host = gradients.device_type == DeviceType.CPU ? gradients : gradients.cpu();
        host.bytes.CopyTo(mine);
        (_values[length], _values[length + 1]) = ((float)loss, (float)count);
        Signals.CopyTo(_values.AsSpan(length + 2));

        group.AllReduceSum(_values);

        _values.AsSpan(length + 2).CopyTo(Signals);
        var (sum, total) = ((double)_values[length], (double)_values[length + 1]);
        mine.CopyTo(host.bytes);
        if (!ReferenceEquals(host, gradients))
            gradients.copy_(host);
        gradients.Mul_(1 / total);
        return sum / total;
    }
}
