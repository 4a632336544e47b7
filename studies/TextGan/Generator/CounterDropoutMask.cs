using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Leaves out values at random, from a generator of its own: TorchSharp's global one is left as it is.</summary>
internal sealed class CounterDropoutMask : IDisposable
{
    private readonly double _share;
    private Generator _generator = new(0);

    public CounterDropoutMask(double share) => _share = share;

    public void Seed(int seed)
    {
        _generator.Dispose();
        _generator = new Generator((ulong)(uint)seed);
    }

    /// <summary>The input, or while training the input with a share of its values set to zero and the others scaled up.</summary>
    public Tensor Apply(Tensor input, bool training)
    {
        if (!training || _share == 0)
            return input;
        // Generators of TorchSharp are the CPU's: the draw is made there, whatever the device.
        var kept = rand(input.shape, dtype: input.dtype, device: CPU, generator: _generator).Ge(_share);
        return input.mul(kept.to(input.dtype).Mul(1 / (1 - _share)).to(input.device));
    }

    public void Dispose() => _generator.Dispose();
}
