using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Dropout from a generator of its own, so that libtorch's global one keeps its state.</summary>
internal sealed class SeededDropout : IDisposable
{
    private readonly double _rate;
    private Generator _generator = new(0);

    public SeededDropout(double rate) => _rate = rate;

    public void Seed(int seed)
    {
        _generator.Dispose();
        _generator = new Generator((ulong)(uint)seed);
    }

    /// <summary>Applies dropout while training.</summary>
    public Tensor Apply(Tensor input, bool training)
    {
        if (!training || _rate == 0)
            return input;
        // TorchSharp's generators are the CPU's, so the draw is made there.
        var kept = rand(input.shape, dtype: input.dtype, device: CPU, generator: _generator).Ge(_rate);
        return input.mul(kept.to(input.dtype).Mul(1 / (1 - _rate)).to(input.device));
    }

    public void Dispose() => _generator.Dispose();
}
