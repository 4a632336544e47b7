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
internal sealed class RuleAttention(BlockMasks masks) : IAttentionForm
{
    /// <summary>The most times a block.</summary>
    public const int BlockTimes = 64;

    public Tensor AttendAll(Tensor query, Tensor key, Tensor value) => Attend(query, key, value, halves: 2);

    public Tensor AttendCandidates(Tensor query, Tensor key, Tensor value) => Attend(query, key, value, halves: 1);

    private Tensor Attend(Tensor query, Tensor key, Tensor value, int halves)
    {
        var (batch, heads, size) = (query.shape[0], query.shape[1], query.shape[3]);
        var tokens = query.shape[2] / halves;
        if (tokens <= BlockTimes)
            return nn.functional.scaled_dot_product_attention(query, key, value, masks.Get(query, 0, tokens, halves));

        // Split, not sliced: the gradient of a slice is of the whole's size, once for each.
        var queries = query.view(batch, heads, halves, tokens, size).split(BlockTimes, 3);
        var (contextKeys, candidateKeys) = Halves(key, tokens);
        var (contextValues, candidateValues) = Halves(value, tokens);
        var blocks = new Tensor[queries.Length];
        long first = 0;
        for (var i = 0; i < blocks.Length; i++)
        {
            var times = queries[i].shape[3];
            var end = first + times;
            var attended = nn.functional.scaled_dot_product_attention(
                queries[i].reshape(batch, heads, halves * times, size),
                cat([contextKeys.narrow(2, 0, end), candidateKeys[i]], 2),
                cat([contextValues.narrow(2, 0, end), candidateValues[i]], 2),
                masks.Get(query, first, times, halves));
            blocks[i] = attended.view(batch, heads, halves, times, size);
            first = end;
        }

        return cat(blocks, 3).view(batch, heads, halves * tokens, size);
    }

    private static (Tensor Context, Tensor[] Candidates) Halves(Tensor both, long tokens)
    {
        var halves = both.split(tokens, 2);
        return (halves[0], halves[1].split(BlockTimes, 2));
    }
}
