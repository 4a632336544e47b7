using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Computes attention under the rule of <see cref="NextTokenMask"/> by blocks of positions. Most of what the rule blocks is not
/// computed, and nothing of size (2T, 2T) is allocated.
/// </summary>
/// <remarks>
/// The queries at positions [first, end) of both halves attend the context [0, end) and the candidates [first, end). A small
/// constant mask applies the rule within the block.
/// </remarks>
/// <param name="masks">The masks of blocks.</param>
internal sealed class BlockwiseAttention(BlockMaskCache masks) : IAttentionKernel
{
    /// <summary>The number of positions in a block of rows that are not long.</summary>
    public const int BlockLength = 64;

    // Each block copies the keys and values it attends and keeps them for the backward pass, so long rows use fewer, larger blocks.
    private const int LongRow = 1024;

    /// <summary>Gets the number of positions in a block, chosen by measurement on a CPU.</summary>
    /// <param name="tokens">T.</param>
    public static int GetBlockLength(long tokens) => tokens < LongRow ? BlockLength : 2 * BlockLength;

    public Tensor AttendBoth(Tensor both)
    {
        var (parts, tokens) = (both.unbind(2), both.shape[1] / 2);
        if (tokens <= GetBlockLength(tokens))
            return Block(parts[0], parts[1], parts[2], 0, tokens, halves: 2).flatten(2);
        return Attend(SplitHalves(parts[0]), ToHalves(parts[1]), ToHalves(parts[2]));

        static Tensor SplitHalves(Tensor both) => both.unflatten(1, [2, both.shape[1] / 2]);

        static ContextAndCandidates ToHalves(Tensor both)
        {
            var halves = SplitHalves(both).unbind(1);
            return new ContextAndCandidates(halves[0], halves[1]);
        }
    }

    public Tensor AttendCandidates(Tensor candidates, Tensor context)
    {
        var (candidateParts, contextParts, tokens) = (candidates.unbind(2), context.unbind(2), candidates.shape[1]);
        var (key, value) = (new ContextAndCandidates(contextParts[0], candidateParts[1]), new ContextAndCandidates(contextParts[1], candidateParts[2]));
        return tokens <= GetBlockLength(tokens)
            ? Block(candidateParts[0], key.Join(), value.Join(), 0, tokens, halves: 1).flatten(2)
            : Attend(candidateParts[0].unsqueeze(1), key, value);
    }

    // Uses split instead of slices: the gradient of each slice has the full size of the tensor that it is cut from.
    private Tensor Attend(Tensor query, ContextAndCandidates key, ContextAndCandidates value)
    {
        var blockLength = GetBlockLength(query.shape[2]);
        var queries = query.split(blockLength, 2);
        var (keys, values) = (Split(key, blockLength), Split(value, blockLength));
        var blocks = new Tensor[queries.Length];
        for (var (i, first) = (0, 0L); i < blocks.Length; i++)
        {
            var (halves, length) = (queries[i].shape[1], queries[i].shape[2]);
            blocks[i] = Block(queries[i].flatten(1, 2), VisibleTo(keys, i), VisibleTo(values, i), first, length, halves)
                .unflatten(1, [halves, length]);
            first += length;
        }

        return cat(blocks, 2).flatten(1, 2).flatten(2);
    }

    private Tensor Block(Tensor query, Tensor key, Tensor value, long first, long length, long halves) =>
        FusedAttention.Call(query, key, value, masks.GetOrCreate(query, first, length, halves));

    private static (Tensor[] Context, Tensor[] Candidates) Split(ContextAndCandidates halves, int blockLength) =>
        (halves.Context.split(blockLength, 1), halves.Candidates.split(blockLength, 1));

    // The keys or values that a block attends: the context to the block's end, and the block's candidates.
    private static Tensor VisibleTo((Tensor[] Context, Tensor[] Candidates) parts, int block) =>
        cat([.. parts.Context.AsSpan(0, block + 1), parts.Candidates[block]], 1);
}
