using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Leaves out values at random, from a generator of its own, so that a seed decides and the global one is left as it is.</summary>
/// <remarks>TorchSharp's generators are the CPU's: on CUDA, where no promise of equal bits is made, CUDA's own is used.</remarks>
internal sealed class DropoutSource : IDisposable
{
    private readonly double _share;
    private readonly Generator? _generator;

    public DropoutSource(double share, int seed)
    {
        _share = share;
        _generator = share > 0 ? new Generator((ulong)(uint)seed) : null;
    }

    /// <summary>The input, or while training the input with a share of its values set to zero and the others scaled up.</summary>
    public Tensor Apply(Tensor input, bool training)
    {
        if (!training || _generator is null)
            return input;
        if (input.device_type != DeviceType.CPU)
            return nn.functional.dropout(input, _share, training: true);
        Tensor kept;
        // Generators are for one thread.
        lock (_generator)
        {
            using var quiet = no_grad();
            kept = empty(input.shape, dtype: input.dtype, device: CPU).bernoulli_(1 - _share, _generator).Scale(1 / (1 - _share));
        }

        return input.mul(kept);
    }

    public void Dispose() => _generator?.Dispose();
}
