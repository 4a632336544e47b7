using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Averages gradients over a process group. One all-reduce per step carries the gradients, the loss, its divisor and a few signals,
/// because each further call would cost its own round trip.
/// </summary>
/// <param name="group">The process group.</param>
/// <param name="signalCount">The number of signals: further numbers that are summed with the gradients.</param>
internal sealed class GradientAllReduce(IProcessGroup group, int signalCount = 0)
{
    // The gradients, then the sum of losses, then its divisor, then the signals.
    private float[] _values = [];

    /// <summary>
    /// Gets or sets the index in the next step's rows of this process's first row, which decides what dropout drops.
    /// </summary>
    public long FirstRow { get; set; }

    /// <summary>
    /// Gets this process's signals before a step, and their sums over all processes after it. A Boolean signal is 0 or 1; its sum is
    /// above 0 if any process set it.
    /// </summary>
    public float[] Signals { get; } = new float[signalCount];

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
        using var noGrad = no_grad();
        var lossIndex = (int)gradients.numel();
        var countIndex = lossIndex + 1;
        var signalsIndex = countIndex + 1;
        if (_values.Length != signalsIndex + signalCount)
            _values = new float[signalsIndex + signalCount];
        var gradientBytes = MemoryMarshal.AsBytes(_values.AsSpan(0, lossIndex));
        var signals = _values.AsSpan(signalsIndex);
        // A process group exchanges host memory.
        var host = gradients.device_type == DeviceType.CPU ? gradients : gradients.cpu();
        host.bytes.CopyTo(gradientBytes);
        _values[lossIndex] = (float)loss;
        _values[countIndex] = (float)count;
        Signals.CopyTo(signals);

        group.AllReduceSum(_values);

        signals.CopyTo(Signals);
        double totalLoss = _values[lossIndex];
        double totalCount = _values[countIndex];
        gradientBytes.CopyTo(host.bytes);
        if (!ReferenceEquals(host, gradients))
            gradients.copy_(host);
        gradients.Mul_(1 / totalCount);
        return totalLoss / totalCount;
    }
}
