using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The masks of blocks of times under the rule, to be added to the scores; made when first needed, then kept.</summary>
/// <remarks>
/// The mask of the block [first, first + n) is (2n, first + 2n): of queries of both halves, under the context up to the
/// block's end and the candidates of the block. It differs from that of another block of n times only in how many columns
/// of zeros (context before the block, which everybody sees) stand in front: so one tensor a number of times serves, seen
/// from the right. Threads may share one.
/// </remarks>
internal sealed class BlockMaskCache : IDisposable
{
    private readonly ConcurrentDictionary<(int Times, DeviceType Device, int Index, ScalarType Type), Tensor> _masks = new();
    private readonly Lock _lock = new();
    private readonly List<Tensor> _all = [];

    /// <summary>The mask of a block, a view.</summary>
    /// <param name="like">Of the device and type wanted.</param>
    /// <param name="first">The block's first time.</param>
    /// <param name="times">How many.</param>
    /// <param name="halves">Whose queries: 2 both halves', 1 the candidates'.</param>
    /// <returns>(halves * times, first + 2 * times).</returns>
    public Tensor GetOrCreate(Tensor like, long first, long times, long halves)
    {
        var key = ((int)times, like.device_type, like.device_index, like.dtype);
        if (!_masks.TryGetValue(key, out var mask) || mask.shape[1] < first + 2 * times)
            mask = Make(key, (int)first, like.device);
        return mask.narrow(1, mask.shape[1] - first - 2 * times, first + 2 * times).narrow(0, (2 - halves) * times, halves * times);
    }

    /// <summary>The mask of the rule, whole: what attention needs that knows no blocks.</summary>
    /// <param name="like">(B, 2T, D), of the device and type wanted.</param>
    /// <returns>(2T, 2T), the caller's.</returns>
    public static Tensor CreateFull(Tensor like) => CreateFull(like.shape[1] / 2, like);

    /// <summary>The mask of the rule, whole.</summary>
    /// <param name="tokens">T.</param>
    /// <param name="like">Of the device and type wanted.</param>
    /// <returns>(2T, 2T), the caller's.</returns>
    public static Tensor CreateFull(long tokens, Tensor like) => Compute((int)tokens, before: 0).to(like.dtype, like.device);

    public void Dispose()
    {
        lock (_lock)
        {
            _all.ForEach(mask => mask.Dispose());
            _all.Clear();
            _masks.Clear();
        }
    }

    private Tensor Make((int Times, DeviceType Device, int Index, ScalarType Type) key, int first, Device device)
    {
        lock (_lock)
        {
            if (_masks.TryGetValue(key, out var found) && found.shape[1] >= first + 2 * key.Times)
                return found;
            using var scope = NewDisposeScope();
            // What is made under inference_mode can serve no training.
            using var mode = inference_mode(false);
            // Room for longer rows than this one, so that a mask is not made anew for each.
            var mask = Compute(key.Times, (int)BitOperations.RoundUpToPowerOf2((uint)first)).to(key.Type, device).DetachFromDisposeScope();
            _all.Add(mask);
            return _masks[key] = mask;
        }
    }

    private static Tensor Compute(int times, int before)
    {
        var side = before + 2 * times;
        var mask = empty([2 * times, side], dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        values.Fill(float.NegativeInfinity);
        for (var query = 0; query < 2 * times; query++)
        {
            var row = values.Slice(query * side, side);
            row[..(before + query % times + 1)].Clear();
            if (query >= times)
                row[before + query] = 0f;
        }

        return mask;
    }
}
