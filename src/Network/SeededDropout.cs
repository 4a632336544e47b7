using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Applies dropout that is determined by a seed and does not use TorchSharp's global generator.</summary>
/// <remarks>
/// The dropped values are a function of the seed, the number of earlier training passes, the dropout site in the network and the
/// row, so they do not depend on how rows are divided among threads, or on where training was resumed. On CUDA, where results are
/// not bit-identical anyway, CUDA's own generator is used.
/// </remarks>
/// <param name="rate">The expected fraction of dropped values.</param>
/// <param name="seed">The seed.</param>
internal sealed class SeededDropout(double rate, int seed)
{
    private long _pass;
    private long _firstRow;
    private int _site;

    /// <summary>Begins a pass through the network.</summary>
    /// <param name="pass">The number of the training pass.</param>
    /// <param name="firstRow">The index in the batch of the input's first row.</param>
    public void Begin(long pass, long firstRow) => (_pass, _firstRow, _site) = (pass, firstRow, 0);

    /// <summary>In training, drops values at random and scales up the others; otherwise returns the input.</summary>
    /// <param name="input">The input, rows first.</param>
    /// <param name="training">Whether the network is in training mode.</param>
    public Tensor Apply(Tensor input, bool training)
    {
        if (!training || rate == 0)
            return input;
        if (input.device_type != DeviceType.CPU)
            return nn.functional.dropout(input, rate, training: true);
        var site = Interlocked.Increment(ref _site);
        return input.mul(Factors(input.shape, site).to(input.dtype));
    }

    private Tensor Factors(long[] shape, int site)
    {
        var tensor = empty(shape, dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var length = (int)(values.Length / shape[0]);
        for (var row = 0; row < shape[0]; row++)
            CounterDropoutMask.Fill(values.Slice(row * length, length), CounterDropoutMask.Key(seed, _pass, site, _firstRow + row), rate);
        return tensor;
    }
}
