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
        // A process group exchanges host memory.
        var host = gradients.device_type == DeviceType.CPU ? gradients : gradients.cpu();
        var mean = Sum(MemoryMarshal.Cast<byte, float>(host.bytes), loss, count, out var totalCount);
        if (!ReferenceEquals(host, gradients))
            gradients.copy_(host);
        gradients.Mul_(1 / totalCount);
        return mean;
    }

    /// <inheritdoc cref="AverageGradients(Tensor, double, double)"/>
    public double AverageGradients(Span<float> gradients, double loss, double count)
    {
        var mean = Sum(gradients, loss, count, out var totalCount);
        var factor = (float)(1 / totalCount);
        foreach (ref var gradient in gradients)
            gradient *= factor;
        return mean;
    }

    // Returns the mean loss.
    private double Sum(Span<float> gradients, double loss, double count, out double totalCount)
    {
        var lossIndex = gradients.Length;
        var countIndex = lossIndex + 1;
        var signalsIndex = countIndex + 1;
        if (_values.Length != signalsIndex + signalCount)
            _values = new float[signalsIndex + signalCount];
        var signals = _values.AsSpan(signalsIndex);
        gradients.CopyTo(_values);
        _values[lossIndex] = (float)loss;
        _values[countIndex] = (float)count;
        Signals.CopyTo(signals);

        group.AllReduceSum(_values);

        signals.CopyTo(Signals);
        totalCount = _values[countIndex];
        _values.AsSpan(0, lossIndex).CopyTo(gradients);
        return _values[lossIndex] / totalCount;
    }
}
