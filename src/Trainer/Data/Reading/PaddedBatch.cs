using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Rows packed into tensors. The tensors belong to the dispose scope in which the batch is created.</summary>
/// <param name="Sequences">The combined sequences, (B, 2P, C), where P is the length of the longest half in the batch.</param>
/// <param name="Mask">
/// The additive mask, (2P, 2P) if all rows share one, or (B, 2P, 2P); null for the next-token rule.
/// </param>
/// <param name="Tokens">The real tokens, (B, P): 1 for a real token, 0 for padding; null if nothing is padded.</param>
internal sealed record PaddedBatch(Tensor Sequences, Tensor? Mask, Tensor? Tokens)
{
    /// <summary>Packs rows. Shorter halves are padded at the end.</summary>
    /// <remarks>
    /// Rows under the next-token rule need no mask for any lengths: a real token attends nothing after its own position, so it never
    /// attends padding, and the scores of padding are ignored. Under other masks a padded position attends only itself.
    /// </remarks>
    public static PaddedBatch Create(IReadOnlyList<SequenceRow> rows, Device device)
    {
        var padded = rows.Max(row => row.PaddedTokens);
        return new PaddedBatch(
            PackSequences(rows, padded, rows[0].Dimension).to(device),
            rows.All(row => row.Mask is null) ? null : PackMasks(rows, padded).to(device),
            rows.All(row => row.Tokens == padded) ? null : PackTokens(rows, padded).to(device));
    }

    /// <summary>Packs the labels of rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="byToken">Whether to return a label per token. The label of a row with one label then applies to each of its tokens.</param>
    /// <param name="device">The device of the tensor.</param>
    /// <returns>The labels, 1 or 0: (B), or (B, P) by token.</returns>
    public static Tensor Labels(IReadOnlyList<SequenceRow> rows, bool byToken, Device device)
    {
        var padded = byToken ? rows.Max(row => row.PaddedTokens) : 1;
        var tensor = zeros([rows.Count, padded], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        for (var i = 0; i < rows.Count; i++)
        {
            for (var t = 0; t < (byToken ? rows[i].Tokens : 1); t++)
                values[i * padded + t] = rows[i].Labels[rows[i].Labels.Length == 1 ? 0 : t] ? 1f : 0f;
        }

        return (byToken ? tensor : tensor.squeeze(1)).to(device);
    }

    /// <summary>Packs the weights of rows, (B); null if all are 1.</summary>
    public static Tensor? Weights(IReadOnlyList<SequenceRow> rows, Device device) =>
        rows.All(row => row.Weight == 1) ? null : tensor(rows.Select(row => row.Weight).ToArray()).to(device);

    private static Tensor PackSequences(IReadOnlyList<SequenceRow> rows, int padded, int dimension)
    {
        var tensor = zeros([rows.Count, 2 * padded, dimension], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        var half = padded * dimension;
        for (var i = 0; i < rows.Count; i++)
        {
            var rowHalf = rows[i].PaddedTokens * dimension;
            rows[i].Values.AsSpan(0, rowHalf).CopyTo(values[(2 * i * half)..]);
            rows[i].Values.AsSpan(rowHalf).CopyTo(values[((2 * i + 1) * half)..]);
        }

        return tensor;
    }

    private static Tensor PackMasks(IReadOnlyList<SequenceRow> rows, int padded)
    {
        var isShared = rows.All(row => row.Mask == rows[0].Mask);
        var side = 2 * padded;
        var count = isShared ? 1 : rows.Count;
        var tensor = empty(isShared ? [side, side] : [count, side, side], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        for (var i = 0; i < count; i++)
        {
            var destination = values.Slice(i * side * side, side * side);
            if (rows[i].Mask is { } mask)
                ScatterMask(mask, destination, padded);
            else
                NextTokenMask.FillAdditive(destination, padded, padded);
        }

        return tensor;
    }

    private static void ScatterMask(AttentionMask mask, Span<float> destination, int padded)
    {
        var (rowPadded, side) = (mask.PaddedTokens, 2 * padded);
        destination.Fill(float.NegativeInfinity);
        for (var query = 0; query < side; query++)
        {
            var row = destination.Slice(query * side, side);
            var (isCandidate, position) = (query >= padded, query % padded);
            if (position >= rowPadded)
            {
                row[query] = 0f;
                continue;
            }

            var source = mask.Values.AsSpan((isCandidate ? rowPadded + position : position) * 2 * rowPadded, 2 * rowPadded);
            source[..rowPadded].CopyTo(row);
            source[rowPadded..].CopyTo(row[padded..]);
        }
    }

    private static Tensor PackTokens(IReadOnlyList<SequenceRow> rows, int padded)
    {
        var tensor = zeros([rows.Count, padded], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        for (var i = 0; i < rows.Count; i++)
            values.Slice(i * padded, rows[i].Tokens).Fill(1f);
        return tensor;
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
