using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Creates and caches the additive masks of blocks of positions under the rule.</summary>
/// <remarks>
/// The mask of the block [first, first + n) is (2n, first + 2n): the queries of both halves against the context up to the block's
/// end and the candidates of the block. Masks of different blocks of n positions differ only in the number of leading zero columns
/// (context before the block, which every query attends). So one tensor serves each n: a view of its right part. The cache is safe
/// to use from several threads.
/// </remarks>
internal sealed class BlockMaskCache : IDisposable
{
    private readonly ConcurrentDictionary<(int Length, DeviceType Device, int Index, ScalarType Type), Tensor> _masks = new();
    private readonly Lock _lock = new();
    private readonly List<Tensor> _all = [];

    /// <summary>Gets the mask of a block, a view.</summary>
    /// <param name="like">A tensor of the device and type of the result.</param>
    /// <param name="first">The block's first position.</param>
    /// <param name="length">The number of positions in the block.</param>
    /// <param name="halves">2 for the queries of both halves, 1 for those of the candidates only.</param>
    /// <returns>(halves * length, first + 2 * length).</returns>
    public Tensor GetOrCreate(Tensor like, long first, long length, long halves)
    {
        var key = ((int)length, like.device_type, like.device_index, like.dtype);
        if (!_masks.TryGetValue(key, out var mask) || mask.shape[1] < first + 2 * length)
            mask = Make(key, (int)first, like.device);
        return mask.narrow(1, mask.shape[1] - first - 2 * length, first + 2 * length).narrow(0, (2 - halves) * length, halves * length);
    }

    /// <summary>Creates the full mask of the rule, for attention that is not computed by blocks.</summary>
    /// <param name="like">(B, 2T, D), of the device and type of the result.</param>
    /// <returns>(2T, 2T), which belongs to the caller.</returns>
    public static Tensor CreateFull(Tensor like) => CreateFull(like.shape[1] / 2, like);

    /// <summary>Creates the full mask of the rule.</summary>
    /// <param name="tokens">T.</param>
    /// <param name="like">A tensor of the device and type of the result.</param>
    /// <returns>(2T, 2T), which belongs to the caller.</returns>
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

    private Tensor Make((int Length, DeviceType Device, int Index, ScalarType Type) key, int first, Device device)
    {
        lock (_lock)
        {
            if (_masks.TryGetValue(key, out var found) && found.shape[1] >= first + 2 * key.Length)
                return found;
            using var scope = NewDisposeScope();
            // A tensor created in inference mode could not be used in training.
            using var mode = inference_mode(false);
            // Room for longer rows than this one, so that the mask is not created again for each.
            var mask = Compute(key.Length, (int)BitOperations.RoundUpToPowerOf2((uint)first)).to(key.Type, device).DetachFromDisposeScope();
            _all.Add(mask);
            return _masks[key] = mask;
        }
    }

    private static Tensor Compute(int length, int before)
    {
        var side = before + 2 * length;
        var mask = empty([2 * length, side], dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        values.Fill(float.NegativeInfinity);
        for (var query = 0; query < 2 * length; query++)
        {
            var row = values.Slice(query * side, side);
            row[..(before + query % length + 1)].Clear();
            if (query >= length)
                row[before + query] = 0f;
        }

        return mask;
    }
}
