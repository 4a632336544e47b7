using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>What processes that train together tell each other at each step, all in one sum.</summary>
/// <param name="group">They; this is one of them.</param>
/// <param name="signals">How many more numbers are added up.</param>
internal sealed class GradientAllReduce(IProcessGroup group, int signals = 0)
{
    // Behind the gradients: the loss, what it is divided by, the flags.
    private float[] _values = [];

    /// <summary>Of the next step's rows, how many the processes before this one have: what dropout leaves out goes by it.</summary>
    public long FirstRow { get; set; }

    /// <summary>Numbers of this process before a step; afterwards the sums over all, the same in all.</summary>
    public float[] Signals { get; } = new float[signals];

    /// <summary>Adds up the gradients of all processes and makes those of the mean loss of them.</summary>
    /// <param name="gradients">Of the sum of this process's losses; then of the mean of all.</param>
    /// <param name="loss">The sum of this process's losses.</param>
    /// <param name="count">How many they are, each by its weight; 0: it had no rows.</param>
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
