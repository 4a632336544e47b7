using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Creates and caches the additive masks of blocks of positions under the rule.</summary>
/// <remarks>
/// The mask of the block [first, first + n) is (n + n * K, first + n + n * K): the queries of context and candidates against the context up
/// to the block's end and the candidates of the block. Masks of different blocks of n positions differ only in the number of leading zero columns
/// (context before the block, which every query attends). So one tensor serves each n and K: a view of its right part. The cache is safe
/// to use from several threads.
/// </remarks>
internal sealed class BlockMaskCache : IDisposable
{
    private readonly ConcurrentDictionary<(int Length, int Candidates, DeviceType Device, int Index, ScalarType Type), Tensor> _masks = new();
    private readonly Lock _lock = new();
    private readonly List<Tensor> _all = [];

    /// <summary>Gets the mask of a block, a view.</summary>
    /// <param name="like">A tensor of the device and type of the result.</param>
    /// <param name="first">The block's first position.</param>
    /// <param name="length">The number of positions in the block.</param>
    /// <param name="contextAttends">Whether the context's queries attend, or those of the candidates only.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>(length + length * K, first + length + length * K), or (length * K, first + length + length * K).</returns>
    public Tensor GetOrCreate(Tensor like, long first, long length, bool contextAttends, int candidatesPerToken = 1)
    {
        var key = ((int)length, candidatesPerToken, like.device_type, like.device_index, like.dtype);
        var block = (1 + candidatesPerToken) * length;
        if (!_masks.TryGetValue(key, out var mask) || mask.shape[1] < first + block)
            mask = Make(key, (int)first, like.device);
        var keys = mask.narrow(1, mask.shape[1] - first - block, first + block);
        return contextAttends ? keys.narrow(0, 0, block) : keys.narrow(0, length, candidatesPerToken * length);
    }

    /// <summary>Creates the full mask of the rule, for attention that is not computed by blocks.</summary>
    /// <param name="like">(B, T + T * K, D), of the device and type of the result.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>(T + T * K, T + T * K), which belongs to the caller.</returns>
    public static Tensor CreateFull(Tensor like, int candidatesPerToken = 1) =>
        CreateFull(like.shape[1] / (1 + candidatesPerToken), like, candidatesPerToken);

    /// <summary>Creates the full mask of the rule.</summary>
    /// <param name="tokens">T.</param>
    /// <param name="like">A tensor of the device and type of the result.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>(T + T * K, T + T * K), which belongs to the caller.</returns>
    public static Tensor CreateFull(long tokens, Tensor like, int candidatesPerToken) =>
        Compute((int)tokens, candidatesPerToken, before: 0).to(like.dtype, like.device);

    public void Dispose()
    {
        lock (_lock)
        {
            _all.ForEach(mask => mask.Dispose());
            _all.Clear();
            _masks.Clear();
        }
    }

    private Tensor Make((int Length, int Candidates, DeviceType Device, int Index, ScalarType Type) key, int first, Device device)
    {
        lock (_lock)
        {
            if (_masks.TryGetValue(key, out var found) && found.shape[1] >= first + (1 + key.Candidates) * key.Length)
                return found;
            using var scope = NewDisposeScope();
            // A tensor created in inference mode could not be used in training.
            using var mode = inference_mode(false);
            // Room for longer rows than this one, so that the mask is not created again for each.
            var mask = Compute(key.Length, key.Candidates, (int)BitOperations.RoundUpToPowerOf2((uint)first)).to(key.Type, device).DetachFromDisposeScope();
            _all.Add(mask);
            return _masks[key] = mask;
        }
    }

    private static Tensor Compute(int length, int candidates, int before)
    {
        var queries = (1 + candidates) * length;
        var side = before + queries;
        var mask = empty([queries, side], dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        values.Fill(float.NegativeInfinity);
        for (var query = 0; query < queries; query++)
        {
            var row = values.Slice(query * side, side);
            row[..(before + (query < length ? query : (query - length) / candidates) + 1)].Clear();
            if (query >= length)
                row[before + query] = 0f;
        }

        return mask;
    }
}
