using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Leaves out values at random, so that a seed decides and TorchSharp's global generator is left as it is.</summary>
/// <remarks>
/// What is left out is a function of the seed, of how many training passes came before, of the place in the network and of
/// the row: however the rows of a batch are divided among threads, and wherever training is taken up again. On CUDA, where
/// no promise of equal bits is made, CUDA's own generator is used.
/// </remarks>
/// <param name="share">Left out of all.</param>
/// <param name="seed">Decides.</param>
internal sealed class SeededDropout(double share, int seed)
{
    private long _pass;
    private long _firstRow;
    private int _place;

    /// <summary>Begins a pass through the network.</summary>
    /// <param name="pass">Which, of all while training.</param>
    /// <param name="firstRow">The batch's row that is the first of the input.</param>
    public void Begin(long pass, long firstRow) => (_pass, _firstRow, _place) = (pass, firstRow, 0);

    /// <summary>The input, or while training the input with a share of its values set to zero and the others scaled up.</summary>
    /// <param name="input">Rows first.</param>
    /// <param name="training">Whether anything is left out.</param>
    public Tensor Apply(Tensor input, bool training)
    {
        if (!training || share == 0)
            return input;
        if (input.device_type != DeviceType.CPU)
            return nn.functional.dropout(input, share, training: true);
        var place = Interlocked.Increment(ref _place);
        return input.mul(Factors(input.shape, place).to(input.dtype));
    }

    private Tensor Factors(long[] shape, int place)
    {
        var tensor = empty(shape, dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var length = (int)(values.Length / shape[0]);
        for (var row = 0; row < shape[0]; row++)
            CounterDropoutMask.Fill(values.Slice(row * length, length), CounterDropoutMask.Key(seed, _pass, place, _firstRow + row), share);
        return tensor;
    }
}
