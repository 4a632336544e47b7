using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Rows packed into tensors. The tensors belong to the dispose scope in which the batch is created.</summary>
/// <param name="Sequences">The combined sequences, (B, P + P * K, C), where P is the length of the longest half in the batch.</param>
/// <param name="Mask">
/// The additive mask, (P + P * K, P + P * K) if all rows share one, or one for each row; null for the next-token rule.
/// </param>
/// <param name="Tokens">The candidates of real tokens, (B, P * K): 1 for a real token, 0 for padding; null if nothing is padded.</param>
/// <param name="CandidatesPerToken">K, the number of candidates of each token.</param>
internal sealed record PaddedBatch(Tensor Sequences, Tensor? Mask, Tensor? Tokens, int CandidatesPerToken)
{
    /// <summary>Packs rows. Shorter halves are padded at the end.</summary>
    /// <remarks>
    /// Rows under the next-token rule need no mask for any lengths: a real token attends nothing after its own position, so it never
    /// attends padding, and the scores of padding are ignored. Under other masks a padded position attends only itself.
    /// </remarks>
    public static PaddedBatch Create(IReadOnlyList<SequenceRow> rows, Device device)
    {
        var (padded, candidates) = (rows.Max(row => row.PaddedTokens), rows[0].CandidatesPerToken);
        return new PaddedBatch(
            PackSequences(rows, padded, candidates, rows[0].Dimension).to(device),
            rows.All(row => row.Mask is null) ? null : PackMasks(rows, padded, candidates).to(device),
            rows.All(row => row.Tokens == padded) ? null : PackTokens(rows, padded, candidates).to(device),
            candidates);
    }

    /// <summary>Packs the labels of rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="byToken">Whether to return a label per token. The label of a row with one label then applies to each of its tokens.</param>
    /// <param name="device">The device of the tensor.</param>
    /// <returns>The labels, 1 or 0: (B), or (B, P * K) by token.</returns>
    public static Tensor Labels(IReadOnlyList<SequenceRow> rows, bool byToken, Device device)
    {
        var padded = byToken ? rows.Max(row => row.CandidatesPerToken * row.PaddedTokens) : 1;
        var tensor = zeros([rows.Count, padded], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        for (var i = 0; i < rows.Count; i++)
        {
            for (var t = 0; t < (byToken ? rows[i].CandidatesPerToken * rows[i].Tokens : 1); t++)
                values[i * padded + t] = rows[i].Labels[rows[i].Labels.Length == 1 ? 0 : t] ? 1f : 0f;
        }

        return (byToken ? tensor : tensor.squeeze(1)).to(device);
    }

    /// <summary>Packs the weights of rows, (B); null if all are 1.</summary>
    public static Tensor? Weights(IReadOnlyList<SequenceRow> rows, Device device) =>
        rows.All(row => row.Weight == 1) ? null : tensor(rows.Select(row => row.Weight).ToArray()).to(device);

    private static Tensor PackSequences(IReadOnlyList<SequenceRow> rows, int padded, int candidates, int dimension)
    {
        var tensor = zeros([rows.Count, (1 + candidates) * padded, dimension], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        var half = padded * dimension;
        for (var i = 0; i < rows.Count; i++)
        {
            var rowHalf = rows[i].PaddedTokens * dimension;
            var first = (1 + candidates) * i * half;
            rows[i].Values.AsSpan(0, rowHalf).CopyTo(values[first..]);
            rows[i].Values.AsSpan(rowHalf).CopyTo(values[(first + half)..]);
        }

        return tensor;
    }

    private static Tensor PackMasks(IReadOnlyList<SequenceRow> rows, int padded, int candidates)
    {
        var isShared = rows.All(row => row.Mask == rows[0].Mask);
        var side = (1 + candidates) * padded;
        var count = isShared ? 1 : rows.Count;
        var tensor = empty(isShared ? [side, side] : [count, side, side], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        for (var i = 0; i < count; i++)
        {
            var destination = values.Slice(i * side * side, side * side);
            if (rows[i].Mask is { } mask)
                ScatterMask(mask, destination, padded);
            else
                NextTokenMask.FillAdditive(destination, padded, padded, candidates);
        }

        return tensor;
    }

    private static void ScatterMask(AttentionMask mask, Span<float> destination, int padded)
    {
        var (rowPadded, candidates) = (mask.PaddedTokens, mask.CandidatesPerToken);
        var (side, rowSide) = ((1 + candidates) * padded, (1 + candidates) * rowPadded);
        destination.Fill(float.NegativeInfinity);
        for (var query = 0; query < side; query++)
        {
            var row = destination.Slice(query * side, side);
            var isCandidate = query >= padded;
            var position = isCandidate ? query - padded : query;
            if (position >= (isCandidate ? candidates * rowPadded : rowPadded))
            {
                row[query] = 0f;
                continue;
            }

            var source = mask.Values.AsSpan((isCandidate ? rowPadded + position : position) * rowSide, rowSide);
            source[..rowPadded].CopyTo(row);
            source[rowPadded..].CopyTo(row[padded..]);
        }
    }

    private static Tensor PackTokens(IReadOnlyList<SequenceRow> rows, int padded, int candidates)
    {
        var tensor = zeros([rows.Count, candidates * padded], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        for (var i = 0; i < rows.Count; i++)
            values.Slice(i * candidates * padded, candidates * rows[i].Tokens).Fill(1f);
        return tensor;
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
