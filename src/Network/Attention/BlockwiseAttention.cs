using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Attention under the rule of <see cref="NextTokenMask"/>, by blocks of times: what the rule blocks is mostly not
/// computed, and nothing of the size (2T, 2T) is ever made.
/// </summary>
/// <remarks>
/// Queries of the times [first, end), of both halves at once, meet the context [0, end) and the candidates [first, end).
/// Within that, a small constant mask says what the rule blocks.
/// </remarks>
/// <param name="masks">The masks of blocks.</param>
internal sealed class BlockwiseAttention(BlockMaskCache masks) : IAttentionKernel
{
    /// <summary>The most times a block of rows that are not long.</summary>
    public const int BlockLength = 64;

    // Each block has a copy of the keys and values it sees, kept for the backward pass: of long rows, fewer and larger blocks.
    private const int LongRow = 1024;

    /// <summary>The most times a block: by measurement on a CPU.</summary>
    /// <param name="tokens">T.</param>
    public static int GetBlockLength(long tokens) => tokens < LongRow ? BlockLength : 2 * BlockLength;

    public Tensor AttendBoth(Tensor both)
    {
        var (parts, tokens) = (both.unbind(2), both.shape[1] / 2);
        if (tokens <= GetBlockLength(tokens))
            return Block(parts[0], parts[1], parts[2], 0, tokens, halves: 2).flatten(2);
        return Attend(ByHalf(parts[0]), Of(parts[1]), Of(parts[2]));

        static Tensor ByHalf(Tensor both) => both.unflatten(1, [2, both.shape[1] / 2]);

        static ContextAndCandidates Of(Tensor both)
        {
            var halves = ByHalf(both).unbind(1);
            return new ContextAndCandidates(halves[0], halves[1]);
        }
    }

    public Tensor AttendCandidates(Tensor candidates, Tensor context)
    {
        var (own, seen, tokens) = (candidates.unbind(2), context.unbind(2), candidates.shape[1]);
        var (key, value) = (new ContextAndCandidates(seen[0], own[1]), new ContextAndCandidates(seen[1], own[2]));
        return tokens <= GetBlockLength(tokens)
            ? Block(own[0], key.Join(), value.Join(), 0, tokens, halves: 1).flatten(2)
            : Attend(own[0].unsqueeze(1), key, value);
    }

    // Splits, not slices: the gradient of a slice is as large as what it was cut from, once for each slice.
    private Tensor Attend(Tensor query, ContextAndCandidates key, ContextAndCandidates value)
    {
        var most = GetBlockLength(query.shape[2]);
        var queries = query.split(most, 2);
        var (keys, values) = (Split(key, most), Split(value, most));
        var blocks = new Tensor[queries.Length];
        for (var (i, first) = (0, 0L); i < blocks.Length; i++)
        {
            var (halves, times) = (queries[i].shape[1], queries[i].shape[2]);
            blocks[i] = Block(queries[i].flatten(1, 2), Seen(keys, i), Seen(values, i), first, times, halves)
                .unflatten(1, [halves, times]);
            first += times;
        }

        return cat(blocks, 2).flatten(1, 2).flatten(2);
    }

    private Tensor Block(Tensor query, Tensor key, Tensor value, long first, long times, long halves) =>
        FusedAttention.Call(query, key, value, masks.GetOrCreate(query, first, times, halves));

    private static (Tensor[] Context, Tensor[] Candidates) Split(ContextAndCandidates halves, int most) =>
        (halves.Context.split(most, 1), halves.Candidates.split(most, 1));

    // What a block sees: the context to its end, and its candidates.
    private static Tensor Seen((Tensor[] Context, Tensor[] Candidates) parts, int block) =>
        cat([.. parts.Context.AsSpan(0, block + 1), parts.Candidates[block]], 1);
}
