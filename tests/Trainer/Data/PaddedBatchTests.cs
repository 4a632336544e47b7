using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Rows as tensors: shorter rows are padded, and tensors that carry no information are absent.</summary>
[TestClass]
public sealed class PaddedBatchTests
{
    private const int Dimension = 2;

    /// <summary>A padded position meets nobody but itself, and nobody meets it.</summary>
    [TestMethod]
    public void Mask_of_each_row_is_padded_and_padding_attends_only_itself()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        const int padded = 3;
        SequenceRow[] rows = [Row(1, Mask(random, 1)), Row(padded, Mask(random, padded)), Row(2, mask: null), Row(2, Mask(random, 2))];

        var masks = PaddedBatch.Create(rows, CPU).Mask!;

        CollectionAssert.AreEqual(new long[] { rows.Length, 2 * padded, 2 * padded }, masks.shape);
        var found = masks.data<float>().ToArray();
        for (var i = 0; i < found.Length; i++)
        {
            var (row, query, key) = (rows[i / (4 * padded * padded)], i / (2 * padded) % (2 * padded), i % (2 * padded));
            Assert.AreEqual(Expected(row, query, key), found[i], $"P = {row.PaddedTokens}, query {query}, key {key}");
        }

        static float Expected(SequenceRow row, int query, int key)
        {
            if (row.Mask is null)
                return NextTokenMask.IsBlocked(query, key, padded) ? float.NegativeInfinity : 0f;
            var own = row.PaddedTokens;
            if (query % padded >= own)
                return query == key ? 0f : float.NegativeInfinity;
            return key % padded >= own ? float.NegativeInfinity : row.Mask.Values[Place(query) * 2 * own + Place(key)];

            int Place(int position) => position / padded * own + position % padded;
        }
    }

    [TestMethod]
    public void Mask_shared_by_all_rows_is_stored_once()
    {
        using var scope = NewDisposeScope();
        var mask = Mask(new Random(1), 3);

        var found = PaddedBatch.Create([Row(3, mask), Row(3, mask)], CPU).Mask!;

        CollectionAssert.AreEqual(new long[] { 6, 6 }, found.shape);
        CollectionAssert.AreEqual(mask.Values, found.data<float>().ToArray());
    }

    [TestMethod]
    public void Batch_without_padding_has_no_token_counts()
    {
        using var scope = NewDisposeScope();

        Assert.IsNull(PaddedBatch.Create([Row(3), Row(3)], CPU).Tokens);
        CollectionAssert.AreEqual(
            new[] { 1f, 1f, 0f, 1f, 1f, 1f }, PaddedBatch.Create([Row(2), Row(3)], CPU).Tokens!.data<float>().ToArray());
    }

    [TestMethod]
    public void Batch_of_rows_of_weight_1_has_no_weights()
    {
        using var scope = NewDisposeScope();

        Assert.IsNull(PaddedBatch.Weights([Row(1), Row(1)], CPU));
        // Another micro-batch of the step may have other weights.
        CollectionAssert.AreEqual(new[] { 2f, 2f }, PaddedBatch.Weights([Row(1, weight: 2), Row(1, weight: 2)], CPU)!.data<float>().ToArray());
        CollectionAssert.AreEqual(
            new[] { 2f, 2f, 0.5f }, PaddedBatch.Weights([Row(1, weight: 2), Row(1, weight: 2), Row(1, weight: 0.5f)], CPU)!.data<float>().ToArray());
    }

    // Values that are all different, so that none can stand for another.
    private static AttentionMask Mask(Random random, int tokens) => AttentionMask.Create(Samples.Values(random, NextTokenMask.Count(tokens)));

    private static SequenceRow Row(int tokens, AttentionMask? mask = null, float weight = 1) =>
        new(new float[2 * tokens * Dimension], tokens, mask, tokens, [true], Weight: weight);
}
