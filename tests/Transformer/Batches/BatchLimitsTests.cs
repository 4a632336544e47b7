namespace MlNetNtd.Tests;

/// <summary>Limits on batches, their masks and the shuffle buffer.</summary>
[TestClass]
public sealed class BatchLimitsTests
{
    private const int Dimension = 3;

    [TestMethod]
    public void Options_out_of_range_are_refused_at_once()
    {
        var view = Views.Known(Sequences.Pairs(1, 2, Dimension), 2, Dimension);
        using var transformer = Transformers.Fit(view);

        Expect.Error<ArgumentException>(
            "BatchSize: expected 1 to 1048576 rows, found 0.", () => transformer.ToBatches(view, new() { BatchSize = 0 }));
        Expect.Error<ArgumentException>(
            "ShufflePoolSize: expected at least 1 row, found 0.", () => transformer.ToBatches(view, new() { ShufflePoolSize = 0 }));
        Expect.Error<ArgumentException>(
            "BatchSize: expected 1 to 1048576 rows, found 1048577.", () => transformer.ToBatches(view, new() { BatchSize = (1 << 20) + 1 }));
    }

    [TestMethod]
    public void Buffer_of_one_row_keeps_the_order()
    {
        var pairs = Sequences.Pairs(5, 2, Dimension);
        using var transformer = Transformers.Fit(Views.Known(pairs, 2, Dimension));

        using var batch = transformer.ToBatches(Views.Known(pairs, 2, Dimension), new() { ShuffleSeed = 1, ShufflePoolSize = 1 }).Single();

        Expect.SameBits(pairs.SelectMany(pair => Reference.Combined(new float[Dimension], pair)).ToArray(), batch.Sequences.Floats());
    }

    [TestMethod]
    public void Largest_batch_holds_all_rows_where_there_are_fewer()
    {
        // 2.5 GB, were there as many rows as the batch may have.
        var pairs = Sequences.Pairs(3, 1, 300);
        using var transformer = Transformers.Fit(Views.Known(pairs, 1, 300));

        using var batch = transformer.ToBatches(Views.Known(pairs, 1, 300), new() { BatchSize = 1 << 20 }).Single();

        Expect.SameBits(pairs.SelectMany(pair => Reference.Combined(new float[300], pair)).ToArray(), batch.Sequences.Floats());
    }

    [TestMethod]
    public void Too_large_masks_are_refused_before_allocation()
    {
        SequencePair[] pairs = [.. new[] { 8192, 8191 }.Select(tokens => new SequencePair(new float[tokens], new float[tokens]))];
        using var transformer = Transformers.Fit(Views.Unknown(pairs), options => (options.EmbeddingDimension, options.MaxTokens, options.MaskKind) = (1, 8192, MaskKind.Additive));

        Expect.Error<InvalidOperationException>(
            "A batch of 2 rows of 8192 tokens takes 2147483648 bytes, and 2147483647 is the most: make BatchSize smaller.",
            () => transformer.ToBatches(Views.Unknown(pairs)).First().Dispose());
    }

    [TestMethod]
    public void Mask_shared_by_all_rows_counts_once()
    {
        const int Tokens = 2048;
        SequencePair[] pairs = [.. Enumerable.Range(0, 129).Select(_ => new SequencePair(new float[Tokens], new float[Tokens]))];
        using var transformer = Transformers.Fit(Views.Unknown(pairs), options => (options.EmbeddingDimension, options.MaxTokens) = (1, Tokens));

        using var batch = transformer.ToBatches(Views.Unknown(pairs), new() { BatchSize = pairs.Length }).Single();

        Expect.Same([2 * Tokens, 2 * Tokens], batch.Mask.shape);
        Expect.Same([pairs.Length, 2 * Tokens, 1], batch.Sequences.shape);
    }
}
