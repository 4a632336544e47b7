using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Rows as tensors. They belong to the dispose scope that is open when the batch is made.</summary>
/// <param name="Sequences">(B, 2P, C), P the longest half of the batch.</param>
/// <param name="Mask">
/// Null: the next-token rule. Else to be added to the scores: (2P, 2P) where the rows share one, or (B, 2P, 2P).
/// </param>
/// <param name="Tokens">(B, P): 1 for a real token; null where nothing is padded.</param>
internal sealed record PaddedBatch(Tensor Sequences, Tensor? Mask, Tensor? Tokens)
{
    /// <summary>Packs rows. Shorter halves are padded behind.</summary>
    /// <remarks>
    /// Rows that follow the rule need no mask, whatever their lengths: a real token sees nothing behind its own time, so it
    /// never sees padding, and what padding sees is nobody's concern. Under other masks a padded position meets nobody but
    /// itself.
    /// </remarks>
    public static PaddedBatch Create(IReadOnlyList<SequenceRow> rows, Device device)
    {
        var padded = rows.Max(row => row.PaddedTokens);
        return new PaddedBatch(
            PackSequences(rows, padded, rows[0].Dimension).to(device),
            rows.All(row => row.Mask is null) ? null : Masks(rows, padded).to(device),
            rows.All(row => row.Tokens == padded) ? null : PackTokens(rows, padded).to(device));
    }

    /// <summary>The rows' labels, (B); or (B, P) by token, where a row's only label stands for each of its tokens.</summary>
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

    /// <summary>How much each row counts, (B); null where all count the same.</summary>
    public static Tensor? Weights(IReadOnlyList<SequenceRow> rows, Device device) =>
        rows.All(row => row.Weight == rows[0].Weight) ? null : tensor(rows.Select(row => row.Weight).ToArray()).to(device);

    private static Tensor PackSequences(IReadOnlyList<SequenceRow> rows, int padded, int dimension)
    {
        var tensor = zeros([rows.Count, 2 * padded, dimension], dtype: ScalarType.Float32, device: CPU);
        var values = Values(tensor);
        var half = padded * dimension;
        for (var i = 0; i < rows.Count; i++)
        {
            var own = rows[i].PaddedTokens * dimension;
            rows[i].Values.AsSpan(0, own).CopyTo(values[(2 * i * half)..]);
            rows[i].Values.AsSpan(own).CopyTo(values[((2 * i + 1) * half)..]);
        }

        return tensor;
    }

    private static Tensor Masks(IReadOnlyList<SequenceRow> rows, int padded)
    {
        var one = rows.All(row => row.Mask == rows[0].Mask);
        var side = 2 * padded;
        var count = one ? 1 : rows.Count;
        var tensor = empty(one ? [side, side] : [count, side, side], dtype: ScalarType.Float32, device: CPU);
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
        var (own, side) = (mask.PaddedTokens, 2 * padded);
        destination.Fill(float.NegativeInfinity);
        for (var query = 0; query < side; query++)
        {
            var row = destination.Slice(query * side, side);
            var (second, time) = (query >= padded, query % padded);
            if (time >= own)
            {
                row[query] = 0f;
                continue;
            }

            var source = mask.Values.AsSpan((second ? own + time : time) * 2 * own, 2 * own);
            source[..own].CopyTo(row);
            source[own..].CopyTo(row[padded..]);
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
