using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Computes attention under the rule of <see cref="NextTokenMask"/> by blocks of positions. Most of what the rule blocks is not
/// computed, and nothing of size (2T, 2T) is allocated.
/// </summary>
/// <remarks>
/// The queries of times [first, end), those of the context and those of the candidates, attend the context [0, end) and the candidates of
/// [first, end). A small constant mask applies the rule within the block.
/// </remarks>
/// <param name="masks">The masks of blocks.</param>
/// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
internal sealed class BlockwiseAttention(BlockMaskCache masks, int candidatesPerToken = 1) : IAttentionKernel
{
    /// <summary>The number of times in a block of rows that are not long, with one candidate for each token.</summary>
    public const int BlockLength = 64;

    // Each block copies the keys and values it attends and keeps them for the backward pass, so long rows use fewer, larger blocks.
    private const int LongRow = 1024;

    // With more candidates a block has fewer times, because each of its candidates meets all of its other candidates to be masked.
    private const int ShortestBlock = 8;

    public int CandidatesPerToken => candidatesPerToken;

    /// <summary>Gets the number of times in a block, chosen by measurement on a CPU for one candidate.</summary>
    /// <param name="tokens">T.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public static int GetBlockLength(long tokens, int candidatesPerToken = 1) =>
        Math.Max(ShortestBlock, (tokens < LongRow ? BlockLength : 2 * BlockLength) / candidatesPerToken);

    public Tensor AttendBoth(Tensor both)
    {
        var (parts, tokens) = (both.unbind(2), both.shape[1] / (1 + candidatesPerToken));
        if (tokens <= GetBlockLength(tokens, candidatesPerToken))
            return Block(parts[0], parts[1], parts[2], 0, tokens, contextAttends: true).flatten(2);
        var (query, key, value) = (Split(parts[0]), Split(parts[1]), Split(parts[2]));
        return Attend(query.Context, query.Candidates, key, value);

        ContextAndCandidates Split(Tensor part) => ContextAndCandidates.Split(part, candidatesPerToken);
    }

    public Tensor AttendCandidates(Tensor candidates, Tensor context)
    {
        var (candidateParts, contextParts, tokens) = (candidates.unbind(2), context.unbind(2), context.shape[1]);
        var (key, value) = (new ContextAndCandidates(contextParts[0], candidateParts[1]), new ContextAndCandidates(contextParts[1], candidateParts[2]));
        return tokens <= GetBlockLength(tokens, candidatesPerToken)
            ? Block(candidateParts[0], key.Join(), value.Join(), 0, tokens, contextAttends: false).flatten(2)
            : Attend(null, candidateParts[0], key, value);
    }

    // Uses split instead of slices: the gradient of each slice has the full size of the tensor that it is cut from.
    private Tensor Attend(Tensor? contextQuery, Tensor candidateQuery, ContextAndCandidates key, ContextAndCandidates value)
    {
        var blockLength = GetBlockLength(key.Context.shape[1], candidatesPerToken);
        var contextQueries = contextQuery?.split(blockLength, 1);
        var candidateQueries = candidateQuery.split(candidatesPerToken * blockLength, 1);
        var (keys, values) = (Split(key, blockLength), Split(value, blockLength));
        var (contexts, candidates) = (new Tensor[contextQueries?.Length ?? 0], new Tensor[candidateQueries.Length]);
        for (var (i, first) = (0, 0L); i < candidates.Length; i++)
        {
            var length = keys.Context[i].shape[1];
            var query = contextQueries is null ? candidateQueries[i] : cat([contextQueries[i], candidateQueries[i]], 1);
            var block = Block(query, VisibleTo(keys, i), VisibleTo(values, i), first, length, contextQueries is not null);
            if (contextQueries is null)
            {
                candidates[i] = block;
            }
            else
            {
                var halves = ContextAndCandidates.Split(block, candidatesPerToken);
                (contexts[i], candidates[i]) = (halves.Context, halves.Candidates);
            }

            first += length;
        }

        return cat([.. contexts, .. candidates], 1).flatten(2);
    }

    private Tensor Block(Tensor query, Tensor key, Tensor value, long first, long length, bool contextAttends) =>
        FusedAttention.Call(query, key, value, masks.GetOrCreate(query, first, length, contextAttends, candidatesPerToken));

    private (Tensor[] Context, Tensor[] Candidates) Split(ContextAndCandidates parts, int blockLength) =>
        (parts.Context.split(blockLength, 1), parts.Candidates.split(candidatesPerToken * blockLength, 1));

    // The keys or values that a block attends: the context to the block's end, and the block's candidates.
    private static Tensor VisibleTo((Tensor[] Context, Tensor[] Candidates) parts, int block) =>
        cat([.. parts.Context.AsSpan(0, block + 1), parts.Candidates[block]], 1);
}
